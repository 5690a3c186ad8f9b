"""The kernel bound: a difference of losses through the norm of the loss in a reproducing-kernel Hilbert space."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from whytransfer.claims import Assumption, Claim, Level, Unit, declared
from whytransfer.errors import InputError, SurrogateError, UnitError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import assumed_adaptability, rkhs_norm_at_most
from whytransfer.theorems.base import Bound, Samples, Terms
from whytransfer.theorems.term import Term, read

LOSSES = {
    "absolute": "err_S + R MMD + lambda, for functions |h - h'| of norm at most R",
    "squared": "[sqrt(err_S + 4 Lambda^2 MMD) + rho]^2, for predictors of norm at most Lambda, MMD of the squared kernel",
}


class MMD(Bound):
    r"""E_T\|h − Y\| ≤ E_S\|h − Y\| + R · MMD_k(S, T) + λ_H, if the functions \|h − h'\| have norm ≤ R in the space of k.

    THEORY B7; after Redko's thesis (2015) and Redko et al. (2019), who assume R = 1. **Proof.** HΔH's, with
    E_T\|h − h*\| ≤ E_S\|h − h*\| + R MMD from the definition of the norm. The assumption is hard to meet: a
    modulus is seldom in the space. 0/1 loss never is and is refused.

    **Squared loss**, `loss="squared"`, is the form whose condition one can check: predictors of norm at most Λ
    in the space of k; h − h' has norm ≤ 2Λ, so that (h − h')² has norm ≤ 4Λ² in the space of the kernel **k²**,
    and `mmd` must be that of k² (of a Gaussian kernel: bandwidth s/√2). Squares have no triangle inequality
    but their roots have: with ρ = inf over H of sqrt(E_S(h' − Y)²) + sqrt(E_T(h' − Y)²) in place of λ,

        E_T(h − Y)² ≤ [ sqrt(E_S(h − Y)² + 4Λ² MMD_{k²}) + ρ ]².

    Proof: with a = the source root of h*, the target root is at most sqrt((r + a)² + D) + ρ − a, which falls
    in a ≥ 0. Tight for x ~ N(0, 1) against N(0, 4), h = x, Y = −x.

    **Finite samples.** With `n` and `m`, `mmd` is the root of the biased V-statistic and sqrt(K(1/n + 1/m)
    ln(1/δ)) is added (P1, 0 ≤ k ≤ K = `bound`); the kernel must be fixed in advance. Of a Claim without them
    the upper limit is used, which `wt.divergence("mmd", ..., bandwidth=)` has. Vacuous for large norms, which
    sharp predictors have.

    Examples
    --------
    >>> round(MMD()(source_error=4.0, mmd=3.0, norm=1.0, adaptability=0.0, loss="squared").upper, 6)
    16.0
    >>> exact = {"source_error": 0.1, "mmd": 0.2, "norm": 0.5, "adaptability": 0.05, "loss": "absolute"}
    >>> round(MMD()(**exact).upper, 6), round(MMD()(**exact, n=1000, m=1000).detail["deviation"], 6)
    (0.25, 0.077405)
    """

    __slots__ = ()

    name: ClassVar[str] = "mmd"
    statement: ClassVar[str] = (
        "err_T(h) <= err_S(h) + R MMD_k(S, T) + lambda  (absolute loss, norms of |h - h'| at most R)"
    )
    reference: ClassVar[str | None] = "redko:19"
    unknown: ClassVar[str] = "adaptability"
    needs: ClassVar[Mapping[str, str]] = {
        "source_error": "mean loss of the model on the source, 0 and up",
        "mmd": "MMD of the kernel k; of k squared for squared loss, 0 and up",
        "norm": "R of |h - h'| (absolute) or Lambda of the predictors (squared), known, not fitted",
        "adaptability": "lambda_H (absolute), or rho, the least sum of the two roots of mean squares (squared), 0 and up",
        "loss": '"absolute" or "squared"; 0/1 loss is in no such space',
        "bound": "K, the largest value of the kernel; 1 when left out; used with n and m only",
        "n": "source rows, when mmd is the root of the V-statistic",
        "m": "target rows, when mmd is the root of the V-statistic",
        "delta": "failure probability of the deviation, .05 when left out; used with n and m only",
    }

    def __call__(
        self,
        *,
        source_error: Term,
        mmd: Term,
        norm: float,
        adaptability: Term,
        loss: str,
        bound: float = 1.0,
        n: float | None = None,
        m: float | None = None,
        delta: float = 0.05,
    ) -> Claim:
        """The claim ``target_error.mmd``.

        Raises
        ------
        UnitError
            0/1 loss, or a distance that is no MMD.
        SurrogateError
            A claim whose kernel was chosen on the same rows, and which therefore has no upper limit.
        """
        _check(loss, norm, bound, mmd)
        # A function of the unit ball oscillates by at most sqrt(2K), in either domain.
        samples = Samples.of(n, m, delta, mmd, ranges=(math.sqrt(2 * bound),) * 2)
        anything, losses = (0.0, math.inf), frozenset({loss})
        terms = Terms.of(
            self,
            read("source_error", source_error, within=anything, losses=losses),
            read("mmd", mmd, samples.side, within=anything, unit=Unit.KERNEL, about=("divergence",)),
            read(
                "adaptability",
                adaptability,
                within=anything,
                of_class=True,
                about=("adaptability",),
                losses=losses,
            ),
        )
        return terms.claim(
            id_="target_error.mmd",
            upper=_total(terms, norm, samples.deviation, loss),
            delta=samples.spent,
            assumptions=(rkhs_norm_at_most(norm), *_asserted(adaptability, terms, loss)),
            loss=loss,
            detail={
                "norm": norm,
                **samples.said,
                "convention": f"mean {loss} loss, in units of the label; no share of wrong answers",
            },
        )

    def break_even(self, requirement: float, **terms: Any) -> float | None:
        """The largest λ; for squares ρ, from the roots."""
        base = self(adaptability=0.0, **terms).upper
        if base is None or terms.get("loss") != "squared":
            return None if base is None else requirement - base
        return math.sqrt(max(0.0, requirement)) - math.sqrt(base)


def _check(loss: str, norm: float, bound: float, mmd: Term) -> None:
    """What the proof does not cover."""
    if loss == "zero_one":
        raise UnitError(
            "loss: 0/1 loss is in no reproducing-kernel Hilbert space, so that no MMD bounds a difference of error rates; "
            'use loss="squared" of kernel predictors, or theorem "wasserstein" with form="ramp"'
        )
    resolve("loss", loss, LOSSES)
    if not 0.0 < norm < math.inf or not 0.0 < bound < math.inf:
        raise InputError(f"norm and bound: expected finite numbers above 0, got {norm:g} and {bound:g}")
    if isinstance(mmd, Claim) and mmd.unit is Unit.KERNEL and mmd.level is Level.PROVED and mmd.upper is None:
        raise SurrogateError(f"mmd: {mmd.id} has no upper limit; fix the bandwidth in advance")


def _total(terms: Terms, norm: float, deviation: float, loss: str) -> float | None:
    error, distance, lam = (r.value for r in terms.readings)
    if error is None or distance is None or lam is None:
        return None
    if loss == "absolute":
        return error + norm * (distance + deviation) + lam
    return float((math.sqrt(error + 4 * norm**2 * (distance + deviation)) + lam) ** 2)


def _asserted(adaptability: Term, terms: Terms, loss: str) -> tuple[Assumption, ...]:
    if loss == "absolute" or isinstance(adaptability, Claim):
        return assumed_adaptability(adaptability, terms.hypothesis_class)
    text = f"some predictor of the class has roots of mean squares that add up to at most {float(adaptability):g}"
    return (declared("adaptability_at_most", text),)
