"""A world whose truth is known: what every quantity of the theory is, exactly, beside samples to compute it from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.errors import InputError

if TYPE_CHECKING:
    from whytransfer.problem import Problem

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LARGEST = 1e30
"""What a table may hold (`Problem.read` refuses more), so that a world says nothing about other samples."""

MOST_ROWS = 10**9
MOST_COLUMNS = 10**6
MOST_CLASSES = 10**6
MOST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Labelled rows of one domain.

    Parameters
    ----------
    X : float64 array of shape (n, p)
        The rows, in the units of the world.
    y : int64 array of shape (n,)
        Codes of their classes.

    Examples
    --------
    >>> import whytransfer as wt
    >>> source, target = wt.lab.gaussians(mean=1.0).draw(5, 3, seed=0)
    >>> source.X.shape, target.y.shape
    ((5, 1), (3,))
    """

    X: FloatArray
    y: IntArray


class World(ABC):
    """Two laws of features and label, source and target, and a model; subclasses are frozen dataclasses of parameters.

    `truth` maps names to exact population values (closed forms, or quadrature to 1e-9), the keys being those
    of claims: ``error_source`` and ``error_target`` are those of `model`; a bare name is a divergence of
    `whytransfer.divergences()` (``total_variation``, ``half_line``, ...); ``adaptability.<class>`` is λ, a
    sum of two errors in 0..2; ``discrepancy.<class>`` is half of d_HΔH, in 0..1. Each world's docstring says
    what else it knows.

    Examples
    --------
    >>> import whytransfer as wt
    >>> world = wt.lab.label_flip()
    >>> isinstance(world, wt.lab.World), world.truth["error_target"]
    (True, 1.0)
    """

    __slots__ = ()

    name: ClassVar[str]

    @property
    @abstractmethod
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""

    def beside(self) -> tuple[World, ...]:
        """Worlds that are shown beside this one, because the difference is the point; none unless a world says so."""
        return ()

    @abstractmethod
    def model(self, X: npt.ArrayLike) -> IntArray:
        """The codes that the world's model predicts on X, (n, p) or (n,)."""

    @abstractmethod
    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        """Independent rows, n of the source."""

    @abstractmethod
    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        """Independent rows, m of the target."""

    def draw(self, n: int, m: int, seed: int = 0) -> tuple[Rows, Rows]:
        """Independent rows, n of the source and m of the target; the same for the same seed, and each domain's stream is its own."""
        sizes = whole("n", n, 1, MOST_ROWS), whole("m", m, 1, MOST_ROWS)
        streams = np.random.SeedSequence(whole("seed", seed, 0, MOST_SEED)).spawn(2)
        source, target = (np.random.default_rng(stream) for stream in streams)
        return self._draw_source(sizes[0], source), self._draw_target(sizes[1], target)

    def sample(self, n: int, m: int, seed: int = 0) -> Problem:
        """The problem with n labelled source rows and m target rows, whose labels are for evaluation.

        Parameters
        ----------
        n, m : int
            Rows, at least 1.
        seed : int
            Fixes every draw.

        Raises
        ------
        InputError
            For sizes that are no whole numbers from 1 to 10⁹, and seeds that are none from 0 to 2³² − 1.
        """
        from whytransfer.problem import Problem

        source, target = self.draw(n, m, seed)
        return Problem(source.X, source.y, target.X, target.y)


def require(name: str, holds: bool, expected: str, got: object) -> None:
    """Raise InputError when a world's parameter is out of range."""
    if not holds:
        raise InputError(f"{name}: expected {expected}, got {repr(got) if isinstance(got, str) else got}")


def keep_number(world: World, name: str, expected: str, holds: Callable[[float], bool] | None = None) -> None:
    """Keep a world's parameter as a float; InputError where it is no number of size at most 1e30, or where `holds` is false of it."""
    got = getattr(world, name)
    sound = is_number(got) and abs(got) <= LARGEST and (holds is None or holds(float(got)))
    require(name, sound, expected, got)
    object.__setattr__(world, name, float(got))


def keep_whole(world: World, name: str, least: int, most: int) -> None:
    """Keep a world's parameter as an int; InputError where it is no whole number from `least` to `most`."""
    object.__setattr__(world, name, whole(name, getattr(world, name), least, most))


def whole(name: str, got: Any, least: int, most: int) -> int:
    """`got` as an int; InputError where it is no whole number from `least` to `most`."""
    sound = is_number(got) and least <= got <= most and got == int(got)
    require(name, sound, f"a whole number from {least:,} to {most:,}", got)
    return int(got)


def is_number(got: Any) -> bool:
    """Whether somebody meant a number: True and False are none."""
    return isinstance(got, Real) and not isinstance(got, bool)


def first_column(X: npt.ArrayLike) -> FloatArray:
    """The first column of (n, p), or the (n,) values themselves."""
    values = np.asarray(X, dtype=np.float64)
    return values if values.ndim == 1 else values[:, 0]


def flipped(labels: npt.NDArray[np.bool_], rate: float, rng: np.random.Generator) -> IntArray:
    """Binary labels, each turned over with probability `rate`."""
    return np.not_equal(labels, rng.random(len(labels)) < rate).astype(np.int64)
