"""PAC-Bayes-kl: the error of a random voter whose law was chosen on the very rows it is scored on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.claims.intervals import kl_upper
from whytransfer.errors import InputError
from whytransfer.theorems.base import Terms, Theorem, agree_on_rows, check_delta, check_size
from whytransfer.theorems.laws import as_law
from whytransfer.theorems.term import Side, Term, read


class PACBayesKL(Theorem):
    r"""kl(R^(ρ) \|\| R(ρ)) ≤ (KL(ρ \|\| π) + ln(2 √n / δ)) / n, for all laws ρ over the voters at once.

    R(ρ) is the error of a voter drawn from ρ (Gibbs), R^(ρ) that on the n rows, and π a law that was fixed
    before these rows were seen. THEORY B1; Seeger (JMLR 3, 2002) with the constant of Maurer (arXiv
    cs/0411099, 2004). The claim's limits are the largest and the smallest R that satisfy it.

    **Proof.** For one voter n·R^ is binomial at worst (for losses in [0, 1] by convexity), and E exp(n kl(R^
    \|\| R)) = Σ_k C(n, k) (k/n)^k (1 − k/n)^(n−k) ≤ 2 √n, for n ≥ 8 by Stirling's formula (docs/theory) and for n < 8 by evaluation. By
    Markov's inequality the mean of that exponential over π is at most 2√n/δ with probability 1 − δ; the
    change of measure E_ρ φ ≤ KL(ρ‖π) + ln E_π exp φ and the joint convexity of kl do the rest.

    Exact: the inversion, by root finding. One event of probability 1 − δ carries both limits. Vacuous when
    KL(ρ‖π) is not small against n. The majority vote's error is at most twice the Gibbs error
    (`detail["majority_vote_upper"]`).

    Examples
    --------
    >>> claim = PACBayesKL()(error=0.0, n=1000, divergence=0.0)
    >>> round(claim.upper, 9) == round(1 - (0.05 / (2 * 1000**0.5)) ** (1 / 1000), 9)
    True
    """

    __slots__ = ()

    name: ClassVar[str] = "pac_bayes_kl"
    statement: ClassVar[str] = (
        "kl(R^(rho) || R(rho)) <= (KL(rho || pi) + ln(2 sqrt(n) / delta)) / n  for all rho"
    )
    reference: ClassVar[str | None] = "maurer:04"
    needs: ClassVar[Mapping[str, str]] = {
        "error": "Gibbs error rate on the n rows, 0..1",
        "n": "independent rows, which may be the training rows, but not those that made pi",
        "divergence": "KL(rho || pi) in nats, 0 and up (or give posterior and prior)",
        "posterior": "rho, the weights of finitely many voters, that add up to 1",
        "prior": "pi, their weights before these rows were seen; uniform when left out",
        "delta": "failure probability, .05 when left out",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        error: Term,
        n: int,
        divergence: float | None = None,
        posterior: npt.ArrayLike | None = None,
        prior: npt.ArrayLike | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``source_error.pac_bayes_kl``.

        Raises
        ------
        InputError
            When not exactly one of `divergence` and `posterior` is given, or ρ has a voter that π excludes.
        """
        n, delta = check_size("n", n), check_delta(delta)
        agree_on_rows(n, None, error)
        if (divergence is None) == (posterior is None) or (prior is not None and posterior is None):
            raise InputError("expected either divergence, or posterior (and prior), got both or none")
        distance = relative_entropy(posterior, prior) if posterior is not None else divergence
        terms = Terms.of(
            self,
            read("error", error, Side.POINT),
            read("divergence", 0.0 if distance is None else distance, within=(0.0, math.inf)),
        )
        rate, nats = (r.value for r in terms.readings)
        if rate is None or nats is None:
            raise InputError("error: the claim has no value on the rows")
        radius = (nats + math.log(2 * math.sqrt(n) / delta)) / n
        upper = float(kl_upper(np.array([rate]), radius)[0])
        lower = 1.0 - float(kl_upper(np.array([1.0 - rate]), radius)[0])
        return terms.claim(
            id_="source_error.pac_bayes_kl",
            quantity="source_error",
            estimate=rate,
            lower=min(rate, max(0.0, lower)),
            upper=max(rate, upper),
            delta=delta,
            guessing_error=terms.guessing_error(n_classes),
            detail={
                "n": n,
                "divergence": nats,
                "radius": radius,
                "majority_vote_upper": 2 * upper,
                "convention": "error of a voter drawn at random (Gibbs), 0..1; divergences in nats",
            },
        )


def relative_entropy(posterior: npt.ArrayLike, prior: npt.ArrayLike | None = None) -> float:
    """KL(ρ ‖ π) in nats; π uniform when left out.

    >>> round(relative_entropy([1.0, 0.0, 0.0, 0.0]), 6) == round(math.log(4), 6)
    True
    """
    from scipy.special import rel_entr

    rho = as_law("posterior", posterior)
    pi = np.full(rho.shape, 1.0 / rho.size) if prior is None else as_law("prior", prior)
    if rho.shape != pi.shape:
        raise InputError(
            f"expected as many weights in the prior as in the posterior, got {pi.size} and {rho.size}"
        )
    if ((rho > 0) & (pi == 0)).any():
        raise InputError(
            "posterior: a voter has weight that the prior excludes, so that the divergence is infinite"
        )
    return max(0.0, float(rel_entr(rho, pi).sum()))
