"""Fine-tuning of the last blocks: gradients, stopping, determinism, and its way in."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from tests.features.images import folder_of
from whytransfer.cli import run
from whytransfer.errors import InputError
from whytransfer.features import Domain, embed, finetune, image_encoder, list_images

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite_pytorch")


@pytest.fixture(scope="module")
def domain(tmp_path_factory):
    """Sixteen images of two kinds, embedded by the real network: a second."""
    listing = list_images(folder_of(tmp_path_factory.mktemp("photos"), ("a", "b"), count=6, level=0.3))
    return Domain(listing=listing, embedded=embed(listing, image_encoder()))


@pytest.fixture(scope="module")
def maps(domain):
    return finetune.Maps(SimpleNamespace(source=domain, target=domain, encoder=image_encoder()))


LABELS = np.repeat(["a", "b"], 6)


def test_frozen_and_trained_blocks_together_are_the_network(domain, maps):
    tail = finetune._Tail(2)
    whole = tail.body(torch.from_numpy(maps.of(domain.features[:2])))
    assert np.allclose(whole.detach().numpy(), domain.embedded.features[:2], atol=1e-4)


def test_a_step_is_that_of_the_whole_batch(domain, maps):
    rows = [0, 1, 2, 6, 7]
    x, y = torch.from_numpy(maps.of(domain.features[rows])), torch.tensor([0, 0, 0, 1, 1])
    ours, theirs = finetune._Tail(2), finetune._Tail(2)
    theirs.restore(ours.state())
    optimisers = [torch.optim.SGD(tail.parameters, lr=0.01) for tail in (ours, theirs)]
    with ThreadPoolExecutor(2) as pool:
        before = float(torch.nn.functional.cross_entropy(ours.logits(x), y))
        ours.step(x, y, optimisers[0], pool)
        loss = torch.nn.functional.cross_entropy(
            theirs.head(theirs.body(x)), y, label_smoothing=finetune.SMOOTHING
        )
        loss.backward()
        optimisers[1].step()
        for mine, other in zip(ours.state(), theirs.state(), strict=True):
            assert torch.allclose(mine, other, atol=1e-6)
    assert float(torch.nn.functional.cross_entropy(ours.logits(x), y)) < before


def test_the_best_state_is_kept_and_the_same_on_any_number_of_cores(domain, maps, monkeypatch):
    monkeypatch.setattr(finetune, "ROUNDS", 2)
    monkeypatch.setattr(finetune, "BATCH", 4)
    found = []
    for cores in ("1", "2"):
        monkeypatch.setenv("NUMBA_NUM_THREADS", cores)
        fitted = finetune.FineTuned(maps, seed=3).fit(domain.features, LABELS)
        found.append(fitted.predict_proba(domain.features))
        assert fitted.kept_ == int(np.argmin(fitted.history_)) and len(fitted.history_) == 3
        held = finetune._held_out(np.repeat([0, 1], 6), 3)[1]
        proba = found[-1][held, np.repeat([0, 1], 6)[held]]
        assert -np.log(proba).mean() == pytest.approx(min(fitted.history_), abs=1e-5)
    assert np.array_equal(found[0], found[1])
    assert np.mean(fitted.predict(domain.features) == LABELS) == 1.0


def test_rows_of_other_images_are_refused(domain, maps):
    with pytest.raises(ValueError, match="1 of 1 rows are not the features of an image"):
        maps.of(domain.features[:1] + 1.0)
    with pytest.raises(InputError, match="expected the encoder efficientnet-lite0"):
        finetune.Maps(SimpleNamespace(encoder=SimpleNamespace(name="timm:x")))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit", "a.csv", "b.csv", "--label", "y"], "--label-from"),
        (["audit", "a", "b", "--label-from", "folder", "--save-model", "m.skops"], "can't be saved"),
        (["audit", "a", "b", "c", "--label-from", "folder"], "one target"),
        (["adapt", "a", "b", "--label-from", "folder"], "works on features"),
    ],
)
def test_what_it_is_not_for(arguments, words, capsys):
    assert run([*arguments, "--learner", "finetune"]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1
