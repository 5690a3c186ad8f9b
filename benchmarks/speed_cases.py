"""What `benchmarks.speed` measures: one entry a line of its table, the rows drawn from one seed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import speed_peers as peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Two calls that give the same number, and one that loads what they need."""

    ours: Callable[[], object]
    peer: Callable[[], object]
    warm: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line.

    Parameters
    ----------
    name, work, peer_name : str
        For the command line, for the table, and who is beaten.
    prepare : callable
        Draws the rows.
    goal : float
        Largest ratio of ours to the peer's; with `goal_faster` the least of the peer's to ours, with `goal_seconds` seconds.
    most_memory : int
        Largest extra memory, MiB; 0 for no such goal.
    """

    name: str
    work: str
    peer_name: str
    prepare: Callable[[], Work]
    goal: float
    goal_faster: bool = False
    goal_seconds: bool = False
    most_memory: int = 0
    repeats: int = 3


def rows(n: int, p: int, shift: float = 0.0, step: int = 0) -> np.ndarray:
    """n rows of p normal columns, the mean moved."""
    return np.random.default_rng((7, step)).normal(size=(n, p)) + shift


def w1_against(peer: Callable[[np.ndarray, np.ndarray], object]) -> Callable[[], Work]:
    def prepare() -> Work:
        from whytransfer.divergences import Wasserstein1

        s, t = rows(10**6, 1)[:, 0], rows(10**6, 1, 0.1, 1)[:, 0]
        ours = Wasserstein1()
        return Work(
            ours=lambda: ours.between(s, t),
            peer=lambda: peer(s, t),
            warm=lambda: ours.between(s[:20_000], t[:20_000]),
        )

    return prepare


def columns() -> Work:
    from whytransfer.divergences import HalfLine, Interval, Stump
    from whytransfer.hypotheses import Stumps
    from whytransfer.overlap import TwoSamples

    X = rows(10**6, 50)
    y = (X[:, 7] + rows(10**6, 1, 0.0, 1)[:, 0] > 0).astype(int)
    cost = (np.arange(2) != y[:, np.newaxis]) / len(X)

    def ours(k: int = len(X)) -> None:
        samples = TwoSamples.read(X[: k // 2], X[k // 2 : k])
        for kind in (HalfLine, Interval, Stump):
            kind().by_column(samples)
        Stumps().erm(X[:k], cost[:k])

    return Work(ours=ours, peer=lambda: np.sort(X, axis=0), warm=lambda: ours(40_000))


def stump_pairs() -> Work:
    from whytransfer.divergences import StumpPairs

    s, t = rows(10_000, 20), rows(10_000, 20, 0.1, 1)
    return Work(
        ours=lambda: StumpPairs().between(s, t),
        peer=lambda: peers.stump_pairs_of_one(s[:500], t[:500]),
        warm=lambda: StumpPairs().between(s[:50], t[:50]),
    )


def quadratic_mmd() -> Work:
    from whytransfer.divergences import MMD

    s, t = rows(20_000, 50), rows(20_000, 50, 0.1, 1)
    return Work(
        ours=lambda: MMD(bandwidth=10.0).between(s, t),
        peer=lambda: peers.product_and_exp(s, t, 10.0),
        warm=lambda: MMD(bandwidth=10.0).between(s[:3000], t[:3000]),
    )


def fuse_against(kind: str, relabellings: int) -> Callable[[], Work]:
    def prepare() -> Work:
        from whytransfer.divergences.fuse import fuse_relabelled
        from whytransfer.divergences.request import Request
        from whytransfer.overlap import TwoSamples

        s, t = rows(2000, 50), rows(2000, 50, 0.02, 1)

        def ours(n: int, count: int) -> object:
            return fuse_relabelled(TwoSamples.read(s[:n], t[:n]), Request(permutations=count), n)

        return Work(
            ours=lambda: ours(2000, 2000),
            peer=lambda: peers.elsewhere(kind, s, t, relabellings),
            warm=lambda: ours(600, 600),
        )

    return prepare


def sliced() -> Work:
    import ot

    from whytransfer.divergences import SlicedWasserstein

    s, t = rows(10**5, 50), rows(10**5, 50, 0.1, 1)
    ours = SlicedWasserstein(directions=200)
    return Work(
        ours=lambda: ours.between(s, t),
        peer=lambda: ot.sliced_wasserstein_distance(s, t, n_projections=200, p=1, seed=0),
        warm=lambda: ours.between(s[:20_000], t[:20_000]),
    )


def started(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def imports() -> Work:
    ours, peer = started("-c", "import whytransfer"), started("-c", "import numpy")
    return Work(ours=ours, peer=peer, warm=lambda: (ours(), peer()))


def help_page() -> Work:
    command = str(Path(sys.executable).with_name("whytransfer"))
    ours = lambda: subprocess.run([command, "--help"], check=True, capture_output=True)  # noqa: E731
    return Work(ours=ours, peer=started("-c", "import numpy"), warm=ours)


CASES = (
    Case(
        name="w1-sort", work="exact W1 of one column, 10⁶ + 10⁶", peer_name="`np.sort` of both",
        prepare=w1_against(lambda s, t: (np.sort(s), np.sort(t))), goal=1.6, repeats=7,
    ),
    Case(
        name="w1-scipy", work="the same", peer_name="scipy `wasserstein_distance`",
        prepare=w1_against(peers.scipy_w1), goal=1, goal_faster=True,
    ),
    Case(
        name="w1-pot", work="the same", peer_name="POT `wasserstein_1d`",
        prepare=w1_against(peers.pot_w1), goal=1, goal_faster=True,
    ),
    Case(
        name="columns", work="half-line, interval and stump divergence and stump ERM, 10⁶ × 50", peer_name="`np.sort` of the columns",
        prepare=columns, goal=2, repeats=2,
    ),
    Case(
        name="stump-pairs", work="HΔH of stumps, all 190 pairs of 20 columns, 20,000 rows, exact",
        peer_name="one pair of columns of 1,000 rows, all cuts (NumPy)", prepare=stump_pairs, goal=5, goal_seconds=True, repeats=1,
    ),
    Case(
        name="mmd", work="exact quadratic MMD, 20,000 + 20,000, d = 50", peer_name="matrix product and exp in blocks (NumPy)",
        prepare=quadratic_mmd, goal=1.5, most_memory=300, repeats=2,
    ),
    Case(
        name="fuse-jax", work="MMD-FUSE, 2,000 + 2,000, B = 2,000, 20 kernels", peer_name="the same in JAX, *written out*, single precision",
        prepare=fuse_against("jax", 2000), goal=5, goal_faster=True, repeats=1,
    ),
    Case(
        name="fuse-hyppo", work="the same", peer_name="hyppo's permutation MMD, one kernel, and 10 relabellings instead of 2,000",
        prepare=fuse_against("hyppo", 10), goal=1, goal_faster=True, repeats=1,
    ),
    Case(
        name="sliced", work="sliced W1, 10⁵ + 10⁵, d = 50, 200 directions", peer_name="POT `sliced_wasserstein_distance`",
        prepare=sliced, goal=5, goal_faster=True, repeats=1,
    ),
    Case(name="import", work="`import whytransfer`", peer_name="`import numpy`", prepare=imports, goal=1.5, repeats=5),
    Case(
        name="help", work="`whytransfer --help`", peer_name="`import numpy`", prepare=help_page, goal=0.4, goal_seconds=True, repeats=5,
    ),
)  # fmt: skip
