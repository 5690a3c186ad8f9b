"""The real source → target problems beside the checkout, read and never copied."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One ordered pair of domains of a data set."""

    data_set: str
    source: Path
    target: Path

    @property
    def name(self) -> str:
        return f"{self.data_set}: {self.source.stem} → {self.target.stem} ({self.source.suffix[1:]})"

    @property
    def key(self) -> str:
        """A name for a file about it."""
        return f"{self.data_set}__{self.source.stem}__{self.target.stem}"

    def arrays(self, most: int | None = None, seed: int = 0):
        """(Xs, ys, Xt, yt), at most `most` rows of each domain, drawn by the seed."""
        rng = np.random.default_rng(seed)
        parts = []
        for path in (self.source, self.target):
            with np.load(path) as file:
                X, y = file["X"].astype(np.float64), file["y"]
            if most is not None and len(y) > most:
                rows = np.sort(rng.choice(len(y), most, replace=False))
                X, y = X[rows], y[rows]
            parts += [X, y]
        return tuple(parts)


def pairs(form: str = "npz", root: Path = SHARED) -> Iterator[Pair]:
    """Every ordered pair of every data set that has files of this form."""
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        files = sorted(folder.glob(f"*.{form}"))
        for source, target in itertools.permutations(files, 2):
            yield Pair(data_set=folder.name, source=source, target=target)
