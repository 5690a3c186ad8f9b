"""Fine-tuning: the last blocks of EfficientNet-Lite0 and a linear head, trained on the source's images."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from whytransfer.errors import InputError
from whytransfer.features.embedding import embed, one_thread_each
from whytransfer.features.encoders.base import ImageEncoder
from whytransfer.features.encoders.lite0 import SIDE, EfficientNetLite0, batch_of_one, network, torch_library
from whytransfer.features.photos import Domain, Photos
from whytransfer.threads import workers

FROZEN_BLOCKS = 12
"""Of the sixteen blocks, those that stay as they are. From the thirteenth on maps are 7 × 7 with 192 channels: half of the network's
weights, a quarter of its work, and 37 kB an image that are computed once."""

CHANNELS, MAP = 192, 7
"""Of what the frozen blocks give: channels, and cells of a side."""

HELD_OUT = 0.2
"""Share of the source's training rows that only decide when to stop, as in the adversarial methods."""

ROUNDS = 12
"""Passes over the training rows, at most; with early stopping three to eight are usual for a thousand images."""

PATIENCE = 3
"""Passes without a better held-out log-loss after which it stops."""

BATCH = 32
SHARDS = 4
"""Parts of a batch, whose gradients are added in order: their number, and so every sum, is the same whatever the number of cores."""

RATE, MOMENTUM = 1e-3, 0.9
"""Of stochastic gradient descent with Nesterov's momentum, which falls to zero as a half cosine: the way in which ImageNet networks are usually fine-tuned (Kornblith,
Shlens and Le 2019). Adam's first steps move every weight by the same amount, which a few hundred images don't mend."""

SMOOTHING = 0.1
"""Label smoothing, as in the training of the network itself (Tan and Le 2019): a few hundred images are soon all right, and without it the loss goes
on to raise the network's confidence in them."""

DECAY = 1e-4
"""Weight decay, as in the adversarial methods."""


class Trunk(ImageEncoder):
    """What the frozen blocks make of an image: maps of shape (192, 7, 7), flat; kept by content as features are."""

    name = f"efficientnet-lite0, blocks 1 to {FROZEN_BLOCKS}"
    key = hashlib.sha256(f"{EfficientNetLite0.key} trunk {FROZEN_BLOCKS}".encode()).hexdigest()
    side = SIDE
    width = CHANNELS * MAP * MAP

    def __init__(self) -> None:
        self.network = network()

    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """Maps of one image; see `ImageEncoder.encode`."""
        net = self.network
        with torch_library().inference_mode():
            maps = net._swish(net._bn0(net._conv_stem(batch_of_one(pixels))))  # noqa: SLF001  (the package names its parts so)
            for block in net._blocks[:FROZEN_BLOCKS]:  # noqa: SLF001
                maps = block(maps)
            return np.asarray(maps[0].contiguous().numpy().reshape(-1), dtype=np.float32)


class Maps:
    """The frozen blocks' maps of all photographs of a problem, by the features that stand in its rows.

    A row of the problem holds features, not an image; an image's features are a fixed function of it, and name it.

    Parameters
    ----------
    photos : Photos
        Embedded by EfficientNet-Lite0, whose blocks are trained.
    cache : Path or None
        Folder of what was worked out before.
    progress : callable or None
        Told a sentence, and how many of how many are done.

    Raises
    ------
    InputError
        For photographs of another encoder.
    """

    def __init__(
        self,
        photos: Photos,
        *,
        cache: Path | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> None:
        if photos.encoder.name != EfficientNetLite0.name:
            raise InputError(
                f"finetune: expected the encoder {EfficientNetLite0.name}, whose last blocks it trains, got {photos.encoder.name}"
            )
        trunk, self.maps = Trunk(), dict[bytes, np.ndarray]()
        for whose in ("source", "target"):
            domain: Domain = getattr(photos, whose)
            listener = None if progress is None else _named(progress, f"frozen blocks, {whose}")
            found = embed(domain.listing, trunk, cache=cache, progress=listener)
            if found.digests != domain.embedded.digests:
                raise InputError(f"{whose}: an image changed while it was read; run again")
            for features, maps in zip(domain.features, found.features, strict=True):
                self.maps[_name(features)] = maps

    def __deepcopy__(self, memo: dict[int, Any]) -> Maps:
        # Never changed, and megabytes large: the copies that scikit-learn's clone makes share it.
        return self

    def of(self, rows: Any) -> np.ndarray:
        """Maps of these rows, shape (n, 192, 7, 7).

        Raises
        ------
        ValueError
            For a row that is no photograph's.
        """
        names = [_name(features) for features in np.asarray(rows, dtype=np.float32)]
        unknown = sum(name not in self.maps for name in names)
        if unknown:
            raise ValueError(f"{unknown} of {len(names)} rows are not the features of an image that was read")
        return np.stack([self.maps[name] for name in names]).reshape(-1, CHANNELS, MAP, MAP)


class FineTuned(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """EfficientNet-Lite0 with its last four blocks, its last layer and a linear head trained on the source.

    The head is first fitted alone, as a logistic regression on the frozen features; then all is trained together (linear probing, then
    fine-tuning: Kumar et al., ICLR 2022, who find that this hurts the features less away from the source). A fifth of the training rows decides when to
    stop; the frozen features with their head are kept where nothing later was better. Batch normalisation keeps its statistics.

    Parameters
    ----------
    maps : Maps
        Of the photographs.
    seed : int
        Of the held-out rows and the order of the batches.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
    history_ : list of float
        Held-out log-loss before the first pass and after each.
    kept_ : int
        Passes after which the kept state was reached; 0: frozen features.
    """

    spoken = "EfficientNet-Lite0, fine-tuned,"

    def __init__(self, maps: Maps, seed: int = 0) -> None:
        self.maps = maps
        self.seed = seed

    def fit(self, X: Any, y: Any) -> FineTuned:
        """Train on rows (n, 1280) of features and labels (n,)."""
        torch = torch_library()
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        # Adam's own threads and those of the batches would add up the same numbers in other orders.
        with one_thread_each():
            maps = torch.from_numpy(self.maps.of(X)).contiguous(memory_format=torch.channels_last)
            training, held_out = _held_out(codes, self.seed)
            tail = _Tail(len(self.classes_))
            tail.probe(maps[training], codes[training])
            self._train(tail, maps, torch.from_numpy(codes.astype(np.int64)), training, held_out)
        return self

    def _train(self, tail: _Tail, maps: Any, codes: Any, training: np.ndarray, held_out: np.ndarray) -> None:
        torch = torch_library()
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(41,)))
        optimiser = torch.optim.SGD(
            tail.parameters, lr=RATE, momentum=MOMENTUM, nesterov=True, weight_decay=DECAY
        )
        best, self.kept_ = tail.state(), 0
        self.history_ = [_log_loss(tail.logits(maps[held_out]), codes[held_out])]
        with ThreadPoolExecutor(workers()) as pool:
            for passed in range(1, ROUNDS + 1):
                for group in optimiser.param_groups:
                    group["lr"] = RATE * 0.5 * (1.0 + math.cos(math.pi * (passed - 1) / ROUNDS))
                order = training[rng.permutation(len(training))]
                for start in range(0, len(order), BATCH):
                    rows = order[start : start + BATCH]
                    tail.step(maps[rows], codes[rows], optimiser, pool)
                self.history_.append(_log_loss(tail.logits(maps[held_out]), codes[held_out]))
                if self.history_[-1] < min(self.history_[:-1]):
                    best, self.kept_ = tail.state(), passed
                elif passed - self.kept_ >= PATIENCE:
                    break
        tail.restore(best)
        self.tail_ = tail

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of the classes, shape (n, K)."""
        check_is_fitted(self, "tail_")
        torch = torch_library()
        with one_thread_each():
            logits = self.tail_.logits(
                torch.from_numpy(self.maps.of(X)).contiguous(memory_format=torch.channels_last)
            )
        return np.asarray(torch.softmax(logits.double(), dim=1).numpy())

    def predict(self, X: Any) -> np.ndarray:
        """Labels, shape (n,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


class _Tail:
    """The trained part: blocks, last convolution, average, head."""

    def __init__(self, classes: int) -> None:
        nn = torch_library().nn
        whole = network()
        parts = [*whole._blocks[FROZEN_BLOCKS:], whole._conv_head, whole._bn1, whole._swish]  # noqa: SLF001
        self.body = nn.Sequential(*copy.deepcopy(parts), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
        for parameter in self.body.parameters():
            parameter.requires_grad_(True)
        self.head = nn.Linear(whole._fc.in_features, classes)  # noqa: SLF001

    @property
    def parameters(self) -> list[Any]:
        return [*self.body.parameters(), *self.head.parameters()]

    def probe(self, maps: Any, codes: np.ndarray) -> None:
        """Set the head to the logistic regression on the frozen features."""
        from sklearn.linear_model import LogisticRegression

        torch = torch_library()
        with torch.no_grad():
            features = _in_parts(self.body, maps).double().numpy()
            weight, bias = (
                np.zeros((self.head.out_features, features.shape[1])),
                np.zeros(self.head.out_features),
            )
            seen = np.unique(codes)
            if len(seen) > 1:
                # Not standardised: the features have one scale, and weights on those that hardly vary would make every step of the blocks a leap.
                probe = LogisticRegression(max_iter=1000).fit(features, codes)
                # Two classes have one row of weights: half of it for each of them, with opposite signs, is the same model.
                pair = len(seen) == 2
                weight[seen] = np.vstack([-probe.coef_, probe.coef_]) / 2 if pair else probe.coef_
                bias[seen] = (
                    np.concatenate([-probe.intercept_, probe.intercept_]) / 2 if pair else probe.intercept_
                )
            self.head.weight.copy_(torch.from_numpy(weight))
            self.head.bias.copy_(torch.from_numpy(bias))

    def step(self, maps: Any, codes: Any, optimiser: Any, pool: ThreadPoolExecutor) -> None:
        """One step: the gradients of the parts, on several cores, added in their order."""
        torch = torch_library()
        parts = [
            (m, c)
            for m, c in zip(maps.tensor_split(SHARDS), codes.tensor_split(SHARDS), strict=True)
            if len(c)
        ]

        def gradients(part: tuple[Any, Any]) -> Sequence[Any]:
            loss = torch.nn.functional.cross_entropy(
                self.head(self.body(part[0])), part[1], reduction="sum", label_smoothing=SMOOTHING
            )
            return torch.autograd.grad(loss / len(codes), self.parameters)  # type: ignore[no-any-return]

        found = list(pool.map(gradients, parts))
        for parameter, *each in zip(self.parameters, *found, strict=True):
            parameter.grad = sum(each[1:], each[0])
        optimiser.step()

    def logits(self, maps: Any) -> Any:
        """Shape (n, K)."""
        with torch_library().no_grad():
            return _in_parts(lambda part: self.head(self.body(part)), maps)

    def state(self) -> list[Any]:
        """A copy of every parameter."""
        return [parameter.detach().clone() for parameter in self.parameters]

    def restore(self, state: Sequence[Any]) -> None:
        """Put a state back."""
        with torch_library().no_grad():
            for parameter, value in zip(self.parameters, state, strict=True):
                parameter.copy_(value)


def _in_parts(ask: Callable[[Any], Any], maps: Any) -> Any:
    """One image at a time, on all cores: what is said of an image does not depend on those beside it."""
    torch = torch_library()

    def one(i: int) -> Any:
        # Whether gradients are kept is a thread's own business.
        with torch.no_grad():
            return ask(maps[i : i + 1])

    with ThreadPoolExecutor(workers()) as pool:
        return torch.cat(list(pool.map(one, range(len(maps)))))


def _held_out(codes: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions for training and for stopping: a fifth of every class; all for both where every class has fewer than five rows."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(40,)))
    held = np.zeros(len(codes), dtype=bool)
    for c in np.unique(codes):
        rows = np.flatnonzero(codes == c)
        held[rng.permutation(rows)[: int(HELD_OUT * len(rows))]] = True
    if not held.any():
        return np.arange(len(codes)), np.arange(len(codes))
    return np.flatnonzero(~held), np.flatnonzero(held)


def _log_loss(logits: Any, codes: Any) -> float:
    return float(torch_library().nn.functional.cross_entropy(logits.double(), codes))


def _name(features: np.ndarray) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(features, dtype="<f4").tobytes()).digest()


def _named(progress: Callable[[str, int, int], None], text: str) -> Callable[[int, int], None]:
    return lambda done, of: progress(text, done, of)
