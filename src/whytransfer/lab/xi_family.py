"""The ξ-family: two domains at distance ξ, each perfectly separable, that no simple rule can serve together."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.errors import InputError
from whytransfer.lab.base import FloatArray, IntArray, Rows, World, require
from whytransfer.names import resolve

FORMS = {"article": "evens", "paper": "odds"}
"""Which points are the source in each form, unless said otherwise."""

LARGEST_DENOMINATOR = 10**6
SHOWN_UNIONS = 5
SHOWN_LIPSCHITZ = (1, 2, 5)


def as_fraction(xi: Fraction | float | str) -> Fraction:
    """The fraction that is meant: ``0.1`` is 1/10, ``1/3`` (a float) is 1/3, ``"2/23"`` is itself.

    >>> as_fraction(0.1), as_fraction(1 / 186), as_fraction("2/23")
    (Fraction(1, 10), Fraction(1, 186), Fraction(2, 23))
    """
    try:
        given = Fraction(xi)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise InputError(f"xi: expected a number or a fraction such as '1/10', got {xi!r}") from None
    if isinstance(xi, float):
        # The simplest fraction that rounds to this very float.
        simple = given.limit_denominator(LARGEST_DENOMINATOR)
        return simple if float(simple) == xi else given
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class XiFamily(World):
    r"""Even multiples of ξ in [0, 1] with label 1, odd multiples with label 0 (THEORY A2; E1–E4, E33).

    The article's counter-example with its generator mended: exact fractions, so that no ξ in (0, 1/2] fails,
    and the original of Ben-David, Lu, Luu and Pál (AISTATS 2010, Example 6), which keeps the point 1 when it
    is an even multiple.

    Parameters
    ----------
    xi : Fraction, float, int or str
        In (0, 1/2]; a float means the simplest fraction that rounds to it.
    form : {"article", "paper"}
        "article": as many evens as odds, n = number of k with (2k + 1)ξ ≤ 1. "paper": all evens and odds in
        [0, 1].
    source : {"evens", "odds"}, optional
        Which points are the source. Default: the evens in the article, the odds in the paper. Nothing but the
        two errors depends on it.

    Notes
    -----
    With e evens and o odds (e = o, or e = o + 1), evens weighing 1/e and odds −1/o, every value is a closed
    form: A with r evens in j runs holds r/e − (r − j)/o at best, so unions of j intervals reach j/e, and
    those of odds (j + e − o)/e. Truth, beside the keys of `World` (`model` answers the source's label
    everywhere):

    * ``wasserstein1`` = ξ; ``half_line``; ``interval``; ``d_h`` = 2 half_line; ``d_hdh`` = 2 interval, of
      thresholds; ``total_variation`` = 1
    * ``discrepancy.thresholds`` = interval; ``discrepancy.intervals``: sup over unions of two intervals
    * ``adaptability.``: ``threshold`` (1[x ≤ t]), ``threshold_reversed`` (1[x > t]), ``thresholds``,
      ``intervals`` (1 inside), ``intervals(complements=True)``, ``unions(j=1)`` ..., ``lipschitz(L=1)`` ...
      (values in [0, 1], loss \|h − y\|), ``constants``, ``all_functions``

    Examples
    --------
    >>> world = XiFamily(xi=0.1)
    >>> world.exact["adaptability.thresholds"], world.exact["wasserstein1"], world.exact["interval"]
    (Fraction(4, 5), Fraction(1, 10), Fraction(1, 5))
    >>> XiFamily(xi=0.1, form="paper").exact["adaptability.thresholds"]
    Fraction(5, 6)
    """

    name: ClassVar[str] = "xi"

    xi: Fraction | float | str = Fraction(1, 10)
    form: str = "article"
    source: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "xi", as_fraction(self.xi))
        require("xi", 0 < self.step <= Fraction(1, 2), "a number in (0, 1/2]", self.xi)
        default = resolve("form", self.form, FORMS)
        if self.source is None:
            object.__setattr__(self, "source", default)
        require("source", self.source in ("evens", "odds"), "'evens' or 'odds'", self.source)

    @property
    def step(self) -> Fraction:
        """ξ as a fraction."""
        return Fraction(self.xi)

    @property
    def evens(self) -> int:
        """How many even multiples carry label 1."""
        return self.odds if self.form == "article" else 1 + int(1 / (2 * self.step))

    @property
    def odds(self) -> int:
        """How many odd multiples carry label 0: the k with (2k + 1)ξ ≤ 1."""
        return int((1 / self.step + 1) / 2)

    def adaptability_unions(self, j: int) -> Fraction:
        """λ of unions of at most j intervals, j ≥ 0: 1 − j/e, 0 from j = e on."""
        return 1 - Fraction(min(max(0, j), self.evens), self.evens)

    def adaptability_lipschitz(self, L: float | Fraction) -> Fraction:
        """λ of the L-Lipschitz h into [0, 1] under loss |h − y|: 1 − Lξ, 0 from L = 1/ξ on (duality with W1 = ξ)."""
        return 1 - min(Fraction(1), Fraction(L) * self.step)

    @property
    def exact(self) -> dict[str, Fraction]:
        """`truth` as fractions."""
        e, o = self.evens, self.odds
        half_line, of_evens, of_odds = Fraction(1, e), Fraction(1, e), Fraction(1 + e - o, e)
        interval = max(of_evens, of_odds)
        two = max(Fraction(min(2, e), e), Fraction(min(2, o) + e - o, e))
        down, up = 1 - half_line, 1 - Fraction(e - o, e)
        found = {
            "error_source": Fraction(0),
            "error_target": Fraction(1),
            "wasserstein1": self.step,
            "half_line": half_line,
            "interval": interval,
            "d_h": 2 * half_line,
            "d_hdh": 2 * interval,
            "total_variation": Fraction(1),
            "discrepancy.thresholds": interval,
            "discrepancy.intervals": two,
            "adaptability.constants": Fraction(1),
            "adaptability.threshold": down,
            "adaptability.threshold_reversed": up,
            "adaptability.thresholds": min(down, up),
            "adaptability.intervals": 1 - of_evens,
            "adaptability.intervals(complements=True)": 1 - interval,
            "adaptability.all_functions": Fraction(0),
        }
        unions = {
            f"adaptability.unions(j={j})": self.adaptability_unions(j)
            for j in range(1, min(SHOWN_UNIONS, e) + 1)
        }
        lipschitz = {
            f"adaptability.lipschitz(L={L})": self.adaptability_lipschitz(L) for L in SHOWN_LIPSCHITZ
        }
        return found | unions | lipschitz

    @property
    def truth(self) -> dict[str, float]:
        """Exact population values by name."""
        return {key: float(value) for key, value in self.exact.items()}

    def points(self) -> tuple[list[Fraction], list[Fraction]]:
        """The even and the odd multiples, as fractions."""
        evens = [2 * k * self.step for k in range(self.evens)]
        return evens, [(2 * k + 1) * self.step for k in range(self.odds)]

    def population(self) -> tuple[FloatArray, IntArray, FloatArray, IntArray]:
        """(Xs, ys, Xt, yt): every point once, so that samples of it are the laws themselves. X has shape (n, 1)."""
        source, target = self._domain(source=True), self._domain(source=False)
        return source.X, source.y, target.X, target.y

    def model(self, X: npt.ArrayLike) -> IntArray:
        """The source's label everywhere: perfect on the source, always wrong on the target."""
        return np.full(len(np.asarray(X)), int(self.source == "evens"), dtype=np.int64)

    def _domain(self, *, source: bool) -> Rows:
        label = int((self.source == "evens") == source)
        points = self.points()[1 - label]
        X = np.asarray([float(x) for x in points])[:, None]
        return Rows(X=X, y=np.full(len(points), label, dtype=np.int64))

    def _draw_source(self, n: int, rng: np.random.Generator) -> Rows:
        return _with_replacement(self._domain(source=True), n, rng)

    def _draw_target(self, m: int, rng: np.random.Generator) -> Rows:
        return _with_replacement(self._domain(source=False), m, rng)


def _with_replacement(rows: Rows, size: int, rng: np.random.Generator) -> Rows:
    chosen = rng.integers(len(rows.y), size=size)
    return Rows(X=rows.X[chosen], y=rows.y[chosen])
