"""Linear programmes over the joint law of predicted and true class on the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.errors import WhyTransferError
from whytransfer.theorems.laws import FloatArray

INFEASIBLE = 2
"""The status by which `scipy.optimize.linprog` says that no point satisfies all constraints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRange:
    """The least and the largest target error that the constraints allow."""

    least: float
    largest: float


def error_range(
    predicted: FloatArray, prevalence: FloatArray, confusion: FloatArray | None = None
) -> ErrorRange | None:
    """The range of 1 − Σ_i M_ii over all joint laws M[i, j] = T(h = i, Y = j) within the constraints; None: there is none.

    Parameters
    ----------
    predicted : (K, 2) array
        Lower and upper values of T(h = i).
    prevalence : (K, 2) array
        Lower and upper values of T(Y = j).
    confusion : (K, K, 2) array, optional
        Lower and upper values of T(h = i | Y = j): L_ij π_j ≤ M_ij ≤ U_ij π_j.

    Notes
    -----
    K² + K variables; solved by HiGHS with sparse constraints, to its feasibility tolerance 1e-7.
    """
    programme = _Programme.of(predicted, prevalence, confusion)
    least, largest = programme.least_error(), programme.largest_error()
    if least is None or largest is None:
        return None
    return ErrorRange(least=max(0.0, min(least, largest)), largest=min(1.0, max(least, largest)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Programme:
    """A x ≤ b, E x = e and bounds on x = (M in row-major order, π); the sparse matrices are SciPy's."""

    A: Any
    b: FloatArray
    E: Any
    e: FloatArray
    bounds: Any
    K: int

    @classmethod
    def of(cls, predicted: FloatArray, prevalence: FloatArray, confusion: FloatArray | None) -> _Programme:
        """The constraints of `error_range`."""
        K = len(predicted)
        cells, parts = np.arange(K * K), np.arange(K)
        i, j = np.divmod(cells, K)
        ones = np.ones(K * K)
        # One row for each class: Σ_i M_ij − π_j = 0; then Σ_j π_j = 1.
        E = _sparse(
            (K + 1, K * K + K),
            (j, cells, ones),
            (parts, K * K + parts, -np.ones(K)),
            (np.full(K, K), K * K + parts, np.ones(K)),
        )
        # Σ_j M_ij ≤ its upper value, −Σ_j M_ij ≤ −its lower value.
        at_most = [(i, cells, ones), (K + i, cells, -ones)]
        limits, rows = [predicted[:, 1], -predicted[:, 0]], 2 * K
        if confusion is not None:
            # M_ij − U_ij π_j ≤ 0, then L_ij π_j − M_ij ≤ 0.
            for sign, side in ((1.0, 1), (-1.0, 0)):
                at_most += [
                    (rows + cells, cells, sign * ones),
                    (rows + cells, K * K + j, -sign * confusion[:, :, side].ravel()),
                ]
                limits.append(np.zeros(K * K))
                rows += K * K
        return cls(
            A=_sparse((rows, K * K + K), *at_most),
            b=np.concatenate(limits),
            E=E,
            e=np.append(np.zeros(K), 1.0),
            bounds=np.concatenate([np.tile([0.0, 1.0], (K * K, 1)), prevalence]),
            K=K,
        )

    def largest_error(self) -> float | None:
        """1 − the least diagonal mass."""
        return self._error(1.0)

    def least_error(self) -> float | None:
        """1 − the largest diagonal mass."""
        return self._error(-1.0)

    def _error(self, sign: float) -> float | None:
        from scipy.optimize import linprog

        cost = np.concatenate([sign * np.eye(self.K).ravel(), np.zeros(self.K)])
        solved: Any = linprog(
            cost, A_ub=self.A, b_ub=self.b, A_eq=self.E, b_eq=self.e, bounds=self.bounds, method="highs"
        )
        if solved.status == INFEASIBLE:
            return None
        if solved.status != 0:
            raise WhyTransferError(
                f"the linear programme over {self.K} classes was not solved: {solved.message}"
            )
        return 1.0 - sign * float(solved.fun)


def _sparse(shape: tuple[int, int], *parts: tuple[Any, Any, FloatArray]) -> Any:
    """The matrix of these (rows, columns, values), put together once: `sparse.bmat` takes longer than small programmes."""
    from scipy import sparse

    rows, columns, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)
