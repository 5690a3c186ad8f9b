"""The beta-binomial mixture: a confidence sequence for errors that are 0 or 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from whytransfer.claims.intervals.base import Interval
from whytransfer.claims.intervals.checks import FloatArray
from whytransfer.claims.intervals.root import rising_root


@dataclass(frozen=True, slots=True)
class BetaBinomial(Interval):
    """Limits that hold after every row at once: look whenever you like, stop whenever you like.

    To reject "the error is at least m", compare it with a mixture of all smaller errors, under the prior
    Beta(1, 1) restricted to [0, m], that is uniform on [0, m]. After t rows with E errors the ratio is

        M_t(m) = (1/m) ∫_0^m θ^E (1 − θ)^(t−E) dθ / (m^E (1 − m)^(t−E))
               = B_m(E + 1, t − E + 1) / (m^(E+1) (1 − m)^(t−E)),

    with the incomplete beta function B_m. The limit is the least m with M_t(m) ≥ 1/δ.

    **Proof of validity.** Let p be the true error.

    1. For one θ ≤ m, one row multiplies the ratio by θ/m (error) or (1 − θ)/(1 − m) (right). At m = p the
       expectation is p·θ/p + (1 − p)(1 − θ)/(1 − p) = 1: a non-negative martingale from 1. A mixture of
       martingales over a fixed prior is one (Fubini), so Ville's inequality gives
       P(some t has M_t(p) ≥ 1/δ) ≤ δ.
    2. With θ = um the ratio is ∫_0^1 u^E ((1 − um)/(1 − m))^(t−E) du. Its integrand rises in m, so M_t
       does: {m : M_t(m) < 1/δ} is an interval [0, U_t). It holds E/t, where no θ is more likely than m itself.
    3. U_t ≤ p only where M_t(p) ≥ 1/δ: with probability ≤ δ for all t **together**.

    Restricting the prior to the side that is tested makes the limit shorter than the usual two-sided mixture
    over [0, 1], by a quarter to a third where the error is small.

    Source: Ville 1939; Robbins, Ann. Math. Stat. 41 (1970); Howard, Ramdas, McAuliffe & Sekhon, Ann.
    Statist. 49 (2021), section 3.

    Examples
    --------
    >>> round(BetaBinomial().upper(1, 2, 0.5), 6)    # (1/2 − m/3) / (1 − m) = 1/0.5 at m = 9/10
    0.9
    """

    name: ClassVar[str] = "beta_binomial"
    statement: ClassVar[str] = (
        "err ≤ min{m : B_m(E + 1, n − E + 1) ≥ m^(E+1) (1 − m)^(n−E) / δ}, for all n at once"
    )
    reference: ClassVar[str] = "robbins:70"
    anytime: ClassVar[bool] = True

    def _above(self, errors: FloatArray, n: int, failure: float) -> FloatArray:
        from scipy.special import betainc, betaln

        right = n - errors
        whole = betaln(errors + 1, right + 1)

        def log_ratio(m: FloatArray) -> tuple[FloatArray, FloatArray]:
            inside = np.log(betainc(errors + 1, right + 1, m))
            value = whole + inside - (errors + 1) * np.log(m) - right * np.log1p(-m)
            return value, (np.exp(-value) - errors - 1) / m + right / (1 - m)

        limits = rising_root(log_ratio, errors / n, -math.log(failure))
        return np.where(right > 0, limits, 1.0)
