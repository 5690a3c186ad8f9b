"""Rademacher complexity: the source error of a hypothesis that was chosen on the very rows it is scored on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.base import Terms, Theorem, check_delta, check_size
from whytransfer.theorems.laws import FloatArray
from whytransfer.theorems.term import Side, Term, read

KINDS = {
    "empirical": "given the n rows: 3 sqrt(ln(1/delta) / (2n)) is added",
    "expected": "its mean over samples: sqrt(ln(1/delta) / (2n)) is added",
}

BLOCK = 2**22
"""Signs times losses multiplied at once, so that a large matrix does not double the memory."""


def rademacher_complexity(losses: npt.ArrayLike, draws: int = 200, seed: int = 0) -> float:
    """Mean over `draws` of max_f (1/n) Σ_i σ_i f(z_i), σ uniform on {−1, 1}ⁿ: an unbiased value of R^_n.

    Parameters
    ----------
    losses : (H, n) array-like
        The loss of each hypothesis on each row, in [0, 1].
    draws : int
        Independent sign vectors.
    seed : int

    >>> rademacher_complexity([[0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5]], draws=4000) < 0.02
    True
    """
    matrix = _as_losses(losses)
    rng = np.random.default_rng(seed)
    step = max(1, BLOCK // max(matrix.shape))
    total = 0.0
    for first in range(0, draws, step):
        signs = rng.integers(0, 2, size=(matrix.shape[1], min(step, draws - first))) * 2.0 - 1.0
        total += float((matrix @ signs).max(axis=0).sum())
    return float(total / (draws * matrix.shape[1]))


class Rademacher(Theorem):
    r"""err(h) ≤ err^(h) + 2 R^_n(L) + 3 sqrt(ln(1/δ) / (2n)), for all h at once; L = {losses of the class}, in [0, 1].

    R^_n(L) = E_σ sup over L of (1/n) Σ_i σ_i l(z_i), given the rows. For h with values ±1 and 0/1 loss 2
    R^_n(L) = R^_n(H): there is one factor 2, not two. THEORY B1, after Bartlett and Mendelson (JMLR 3,
    2002). Textbooks have ln(2/δ) in the last term; one application of McDiarmid's inequality instead of two
    gives ln(1/δ).

    **Proof.** Φ = sup over h of err(h) − err^(h) has E Φ ≤ 2 E R^_n by symmetrisation. One row changes Φ by
    at most 1/n and 2 R^_n by at most 2/n, so Φ − 2 R^_n, whose mean is ≤ 0, exceeds 3 sqrt(ln(1/δ)/(2n)) with
    probability at most δ. With the expected complexity (`kind="expected"`), Φ alone: sqrt(ln(1/δ)/(2n)).

    **From a matrix of losses.** `losses` (H, n) is a finite class, or all its behaviours on the rows. R^_n is
    the mean over `draws` sign vectors, and what the draws miss is paid for: one of the n·draws signs changes
    2 R^_n by at most 4/(n·draws), and the same inequality, over rows and signs together, gives
    sqrt((9 + 16/draws) ln(1/δ)/(2n)). `chosen` may be any row of the matrix, chosen by whatever means.

    Exact up to that. A class that is given by a trained search instead of all its behaviours has a larger
    supremum than the matrix shows. Needs no hold-out; vacuous for classes that fit random labels.

    Examples
    --------
    >>> round(Rademacher()(error=0.1, n=1000, complexity=0.02).upper, 6)
    0.256107
    """

    __slots__ = ()

    name: ClassVar[str] = "rademacher"
    statement: ClassVar[str] = (
        "err(h) <= err^(h) + 2 R^_n(losses of H) + 3 sqrt(ln(1/delta) / (2n))  for all h in H"
    )
    reference: ClassVar[str | None] = "bartlett:02"
    needs: ClassVar[Mapping[str, str]] = {
        "losses": "(H, n) losses in [0, 1] of every hypothesis of the class on every row (or give error, n, complexity)",
        "chosen": "the row of losses that the claim is about; the one of least mean when left out",
        "error": "error rate on the n rows, 0..1",
        "n": "independent rows, which may be the training rows",
        "complexity": "Rademacher complexity of the losses of the class (half of that of its values -1 and 1), 0..1",
        "kind": '"empirical" (of these rows) or "expected" (mean over samples) complexity; "empirical" when left out',
        "draws": "sign vectors drawn, with losses; 200 when left out",
        "seed": "of the signs; 0 when left out",
        "delta": "failure probability, .05 when left out",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        losses: npt.ArrayLike | None = None,
        chosen: int | None = None,
        error: float | None = None,
        n: int | None = None,
        complexity: Term | None = None,
        kind: str = "empirical",
        draws: int = 200,
        seed: int = 0,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``source_error.rademacher``."""
        resolve("kind", kind, KINDS)
        delta = check_delta(delta)
        given = [x is not None for x in (error, n, complexity)]
        if losses is not None and not any(given) and kind == "empirical":
            case = _Case.of_losses(losses, chosen, check_size("draws", draws), seed)
        elif losses is None and error is not None and n is not None and complexity is not None:
            case = _Case(error=error, n=check_size("n", n), complexity=complexity, draws=None)
        else:
            raise InputError("expected either losses, or all of error, n and complexity")
        rate = read("error", case.error, Side.POINT)
        size = read("complexity", case.complexity)
        terms = Terms.of(self, rate, size)
        deviation = case.deviation(kind, delta)
        known = rate.value is not None and size.value is not None
        return terms.claim(
            id_="source_error.rademacher",
            quantity="source_error",
            estimate=rate.value,
            upper=(rate.value or 0.0) + 2 * (size.value or 0.0) + deviation if known else None,
            delta=delta,
            guessing_error=terms.guessing_error(n_classes),
            detail={
                "n": case.n,
                "deviation": deviation,
                "published": 3 * math.sqrt(math.log(2 / delta) / (2 * case.n)),
                "kind": kind,
                "draws": case.draws,
                "convention": "complexity of losses in [0, 1]; it enters twice",
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What was given, in one form."""

    error: float
    n: int
    complexity: Term
    draws: int | None

    @classmethod
    def of_losses(cls, losses: npt.ArrayLike, chosen: int | None, draws: int, seed: int) -> _Case:
        """Error and complexity of a matrix of losses."""
        matrix = _as_losses(losses)
        means = matrix.mean(axis=1)
        row = int(means.argmin()) if chosen is None else chosen
        if not 0 <= row < len(means):
            raise InputError(f"chosen: expected a row of losses, 0..{len(means) - 1}, got {chosen}")
        # A value below 0 is possible by chance for a class of one; the supremum's mean never is.
        complexity = max(0.0, rademacher_complexity(matrix, draws, seed))
        return cls(error=float(means[row]), n=matrix.shape[1], complexity=complexity, draws=draws)

    def deviation(self, kind: str, delta: float) -> float:
        """What McDiarmid's inequality adds."""
        squares = 1.0 if kind == "expected" else 9.0 + (16.0 / self.draws if self.draws else 0.0)
        return math.sqrt(squares * math.log(1 / delta) / (2 * self.n))


def _as_losses(losses: npt.ArrayLike) -> FloatArray:
    matrix = np.asarray(losses, dtype=np.float64)
    if matrix.ndim != 2 or matrix.size == 0:
        raise InputError(
            f"losses: expected one row a hypothesis and one column a row of data, got shape {matrix.shape}"
        )
    if not ((matrix >= 0) & (matrix <= 1)).all():
        raise InputError("losses: expected numbers in [0, 1]")
    return matrix
