"""Vapnik and Chervonenkis: the source error of a hypothesis that was chosen on the very rows it is scored on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.theorems.base import Terms, Theorem, check_delta, check_size
from whytransfer.theorems.term import Side, read


def vc_term(n: int, d: int, delta: float) -> float:
    """sqrt((d(ln(2n/d) + 1) + ln(4/δ)) / n), the deviation of F1 (THEORY A1; E19).

    Parameters
    ----------
    n : int
        Rows, n ≥ d.
    d : int
        VC dimension, d ≥ 1.
    delta : float
        Failure probability.

    >>> round(vc_term(1000, 1, 0.05), 6)
    0.113943
    """
    return math.sqrt((_log_growth(n, d) + math.log(4 / delta)) / n)


def proved_vc_term(n: int, d: int, delta: float) -> float:
    """1/n + sqrt((1 + 1/n)(d(ln(2n/d) + 1) + ln(2/δ)) / n), a deviation with a short complete proof; see `VC`."""
    return 1 / n + math.sqrt((1 + 1 / n) * (_log_growth(n, d) + math.log(2 / delta)) / n)


def divergence_term(m: int, d: int, delta: float) -> float:
    """4 sqrt((2d ln(2m') + ln(2/δ)) / m'), the published deviation of ½ d_HΔH (Ben-David et al. 2010, Theorem 2; E19).

    It exceeds the one Hoeffding term of P1 for the same rows, so a bound with it is valid whenever the sharp
    one is.

    Parameters
    ----------
    m : int
        Unlabelled rows in each domain; with different numbers, the smaller.
    d : int
        VC dimension of H (that of HΔH is at most 2d up to logarithms, hence the 2).
    delta : float
        Failure probability.

    >>> round(divergence_term(1000, 1, 0.05), 6)
    0.549774
    """
    return 4 * math.sqrt((2 * d * math.log(2 * m) + math.log(2 / delta)) / m)


def _log_growth(n: int, d: int) -> float:
    # Sauer's lemma for 2n points: Π(2n) <= (2en/d)^d.
    return d * (math.log(2 * n / d) + 1)


class VC(Theorem):
    r"""err(h) ≤ err^(h) + sqrt((d(ln(2n/d) + 1) + ln(4/δ)) / n), for all h in H at once.

    The first two terms of the article's inequality (THEORY F1, F3); [Vapnik1998]_ in the form that is usually
    quoted.

    **Exact statement proved here.** For n ≥ d independent rows, with probability at least 1 − δ every h in a
    class of VC dimension d has err(h) ≤ err^(h) + max(F1, P), where F1 is the term above and P = 1/n +
    sqrt((1 + 1/n)(d(ln(2n/d) + 1) + ln(2/δ)) / n). P has this proof: a ghost sample of n rows has, for any
    fixed h, an error of at least err(h) − 1/n with probability at least ½ (the median of a binomial law is
    within 1 of its mean), so P(sup err − err^ > ε) ≤ 2 P(sup err^ghost − err^ > ε − 1/n); given the 2n rows,
    the half that is the sample is a draw without replacement, and Serfling's inequality gives exp(−n² t²/(n +
    1)) for each of the at most (2en/d)^d behaviours at a difference t = ε − 1/n. F1 ≥ P if and only if F1² +
    2 F1 ≤ ln 2 + (1 + ln 2)/n, that is for every deviation up to .30; above, the larger is taken, so that
    nothing unproved is claimed.

    Exact: all. Needs no hold-out: h may have been trained on these rows. Vacuous as soon as d ln(n)/n is not
    small: deep networks, always. With a hold-out of 100 rows Clopper–Pearson nearly always wins.

    References
    ----------
    .. [Vapnik1998] V. Vapnik, Statistical Learning Theory, Wiley 1998, section 4.

    Examples
    --------
    >>> round(VC()(errors=20, n=1000, d=10).upper, 6)
    0.279548
    """

    __slots__ = ()

    name: ClassVar[str] = "vc"
    statement: ClassVar[str] = (
        "err(h) <= err^(h) + sqrt((d (ln(2n/d) + 1) + ln(4/delta)) / n)  for all h in H"
    )
    reference: ClassVar[str | None] = "vapnik:98"
    needs: ClassVar[Mapping[str, str]] = {
        "errors": "number of errors on the n rows (or give error)",
        "error": "error rate on the n rows, 0..1 (or give errors)",
        "n": "independent rows, which may be the training rows",
        "d": "VC dimension of the class the hypothesis was chosen from",
        "delta": "failure probability, .05 when left out",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        n: int,
        d: int,
        errors: float | None = None,
        error: float | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``source_error.vc``.

        Raises
        ------
        InputError
            When not exactly one of `errors` and `error` is given, or n < d.
        """
        n, d, delta = check_size("n", n), check_size("d", d), check_delta(delta)
        if n < d:
            raise InputError(f"n: expected at least d = {d} rows, got {n}; below that the bound says nothing")
        if (errors is None) == (error is None):
            raise InputError("expected either errors (a count) or error (a rate), got both or none")
        rate = float(error) if error is not None else float(errors or 0) / n
        terms = Terms.of(self, read("error", rate, Side.POINT))
        published, proved = vc_term(n, d, delta), proved_vc_term(n, d, delta)
        deviation = max(published, proved)
        return terms.claim(
            id_="source_error.vc",
            quantity="source_error",
            estimate=rate,
            upper=rate + deviation,
            delta=delta,
            guessing_error=terms.guessing_error(n_classes),
            detail={
                "n": n,
                "vc_dimension": d,
                "deviation": deviation,
                "published": published,
                "proved": proved,
            },
        )
