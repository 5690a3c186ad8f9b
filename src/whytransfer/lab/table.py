"""The article's counter-example as a table: exact fractions, and what the text says about them put right. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from whytransfer.lab.xi_family import XiFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One quantity of the ξ-family.

    Parameters
    ----------
    key : str
        Its name in `XiFamily.exact`.
    text : str
        What it is.
    formula : str
        In n, the number of evens, for the article's generator.
    value : Fraction
        Exactly.
    """

    key: str
    text: str
    formula: str
    value: Fraction

    @property
    def decimal(self) -> str:
        """The value to its last digit where its decimals end, else the fraction.

        >>> Row(key="", text="", formula="", value=Fraction(998, 1000)).decimal
        '0.998'
        >>> Row(key="", text="", formula="", value=Fraction(5, 6)).decimal
        '5/6'
        """
        rest, places = self.value.denominator, 0
        twos = fives = 0
        while rest % 2 == 0:
            rest, twos = rest // 2, twos + 1
        while rest % 5 == 0:
            rest, fives = rest // 5, fives + 1
        if rest != 1:
            return str(self.value)
        places = max(twos, fives)
        digits = str(abs(self.value.numerator) * 10**places // self.value.denominator).rjust(places + 1, "0")
        sign = "-" if self.value < 0 else ""
        return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        exact = str(self.value)
        return {
            "key": self.key,
            "text": self.text,
            "formula": self.formula,
            "exact": exact,
            "value": float(self.value),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """One statement of the article, and what holds.

    Parameters
    ----------
    said : str
        The statement.
    holds : str
        What is true, with the numbers of this ξ.
    verdict : str
        "true", "vacuous", "false", "imprecise" or "unsupported".
    """

    said: str
    holds: str
    verdict: str

    def to_dict(self) -> dict[str, str]:
        """The JSON form."""
        return {"said": self.said, "holds": self.holds, "verdict": self.verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class XiTable:
    """Everything that `whytransfer lab xi` shows.

    Parameters
    ----------
    world : XiFamily
        The world whose quantities they are.
    rows : tuple of Row
        One a quantity, exact.
    errata : tuple of Erratum
        About the article's generator; empty for the paper's.

    Examples
    --------
    >>> [row.decimal for row in xi_table("1/10").rows if row.key == "wasserstein1"]
    ['0.1']
    """

    world: XiFamily
    rows: tuple[Row, ...]
    errata: tuple[Erratum, ...]

    @property
    def title(self) -> str:
        """One line that says which domains these are."""
        w = self.world
        return (
            f"ξ = {w.step}: {w.evens} even multiples with label 1, {w.odds} odd multiples with label 0; "
            f"the source is the {w.source} ({w.form})"
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "world": "xi",
            "parameters": {"xi": str(self.world.step), "form": self.world.form, "source": self.world.source},
            "title": self.title,
            "rows": [row.to_dict() for row in self.rows],
            "errata": [erratum.to_dict() for erratum in self.errata],
        }


ROWS = (
    ("wasserstein1", "W1 of the two domains", "ξ"),
    ("half_line", "sup over half-lines |S − T| (Kolmogorov)", "1/n"),
    ("interval", "sup over intervals |S − T| = disc of thresholds", "1/n"),
    ("d_hdh", "d_HΔH of thresholds (twice the disc)", "2/n"),
    ("discrepancy.intervals", "disc of intervals", "min(1, 2/n)"),
    ("total_variation", "total variation = disc of all functions", "1"),
    ("adaptability.threshold", "λ of thresholds 1[x ≤ t]", "1 − 1/n"),
    ("adaptability.threshold_reversed", "λ of thresholds 1[x > t]", "1"),
    ("adaptability.thresholds", "λ of thresholds, either orientation", "1 − 1/n"),
    ("adaptability.intervals", "λ of intervals (1 inside)", "1 − 1/n"),
    ("adaptability.intervals(complements=True)", "λ of intervals or their complements", "1 − 1/n"),
)
LAST = (("adaptability.all_functions", "λ of all functions", "0"),)


def xi_table(
    xi: Fraction | float | str = Fraction(1, 10), form: str = "article", source: str | None = None
) -> XiTable:
    """The table of one ξ (THEORY A2).

    Parameters
    ----------
    xi : Fraction, float, int or str
        In (0, 1/2]; a float means the simplest fraction that rounds to it.
    form : {"article", "paper"}
        As in `xi`: which points there are.
    source : {"evens", "odds"}, optional
        Which of them are the source.

    Returns
    -------
    XiTable
        Title, rows and errata; data only.

    Raises
    ------
    InputError
        For a ξ out of range, and for other forms.

    Examples
    --------
    >>> table = xi_table("1/1000")
    >>> [row.decimal for row in table.rows if row.key == "adaptability.thresholds"]
    ['0.998']
    """
    world = XiFamily(xi=xi, form=form, source=source)
    exact = world.exact
    unions = tuple(
        (key, f"λ of unions of at most {j} intervals", f"1 − {j}/n")
        for j in range(2, 6)
        if (key := f"adaptability.unions(j={j})") in exact
    )
    lipschitz = tuple(
        (
            f"adaptability.lipschitz(L={L})",
            f"λ of {L}-Lipschitz h into [0, 1], loss |h − y|",
            f"max(0, 1 − {L}ξ)",
        )
        for L in (1, 2, 5)
    )
    rows = tuple(
        Row(key=key, text=text, formula=formula if form == "article" else "", value=exact[key])
        for key, text, formula in (*ROWS, *unions, *lipschitz, *LAST)
    )
    return XiTable(world=world, rows=rows, errata=_errata(world) if form == "article" else ())


def _errata(world: XiFamily) -> tuple[Erratum, ...]:
    """THEORY A3, with the numbers of this ξ."""
    return (*_about_the_example(world), *_about_the_terms(world), *_about_the_theory())


def _about_the_example(world: XiFamily) -> tuple[Erratum, ...]:
    """THEORY A3.1–A3.5: the numbers, the rules and the generator."""
    exact, n, step = world.exact, world.evens, world.step
    lam, lip = exact["adaptability.thresholds"], exact["adaptability.lipschitz(L=1)"]
    last = 2 * (n - 1) * step
    return (
        Erratum(
            said="W1 is exactly ξ",
            holds=f"True: each target point is a source point moved by ξ = {step}. The printed check, round(|W1 − ξ|, 2) = 0.0, proves "
            "nothing: at ξ = .001 any W1 below .006 passes it.",
            verdict="true",
        ),
        Erratum(
            said="the lowest possible error is exactly 1 − ξ",
            holds=f"For the thresholds it speaks of, λ = 1 − 1/n = {lam} (1 − 2ξ when 1/(2ξ) is whole). 1 − ξ = {lip} is exact for "
            "1-Lipschitz h into [0, 1] with loss |h − y|, and for these only.",
            verdict="false",
        ),
        Erratum(
            said="... error ...",
            holds=f"λ is the sum of two errors, source and target, not their average: the average here is {lam / 2}, below one half.",
            verdict="imprecise",
        ),
        Erratum(
            said="a classifier that is good for both domains does not exist, whatever you may do",
            holds=f"It exists: answer 1 on even multiples of ξ. λ of all functions is {exact['adaptability.all_functions']}, and covariate "
            f"shift holds. What does not exist is a simple one: unions of j intervals have λ = 1 − j/n, thresholds {lam}.",
            verdict="false",
        ),
        Erratum(
            said="1 for points whose coordinate is smaller than 0.8",
            holds=f"The largest source point must be inside: x ≤ {last}. With x < {last} that point gets label 0, and the source error is "
            f"1/{n}, not 0. The same holds for the target's rule, which moreover has the opposite orientation.",
            verdict="imprecise",
        ),
        Erratum(
            said="the generator",
            holds="It raises IndexError for ξ = .2, .3, .09, .03, 1/3, 1/7 and every 1/odd, since int(1/(2ξ)) is one too small, also by "
            "rounding (1/186). Here n is the number of k with (2k + 1)ξ ≤ 1, in exact fractions.",
            verdict="false",
        ),
    )


def _about_the_terms(world: XiFamily) -> tuple[Erratum, ...]:
    """THEORY A3.6 and A3.7: what goes with what, and which term is to blame."""
    exact, step = world.exact, world.step
    lam, d = exact["adaptability.thresholds"], exact["interval"]
    lip = exact["adaptability.lipschitz(L=1)"]
    return (
        Erratum(
            said="distance and adaptability may be taken from anywhere",
            holds=f"Terms can't be mixed: with h = 1 everywhere, err_S + W1 + λ of thresholds = 0 + {step} + {lam} = {step + lam}, and "
            f"err_T = 1. The disc of thresholds goes with their λ: 0 + {d} + {lam} = {d + lam}. W1 goes with Lipschitz losses: "
            f"0 + {step} + {lip} = {step + lip}.",
            verdict="false",
        ),
        Erratum(
            said="the third term is the bottleneck",
            holds=f"That depends on the class. With labelling functions: 0 + TV 1 + 0 = 1, the distance is. With thresholds: 0 + {d} + {lam}, λ is. "
            "With all functions: 0 + 1 + 0, the distance again. One failure, three diagnoses, all tight.",
            verdict="imprecise",
        ),
    )


def _about_the_theory() -> tuple[Erratum, ...]:
    """THEORY A3.8–A3.10: what the theorems say."""
    return (
        Erratum(
            said="this is true for all approaches that do not have access to target labels",
            holds="The theorem (Ben-David, Lu, Luu, Pál 2010, Theorem 2): if the VC dimension of H is small against the domain, then for every "
            "learner some labelling under covariate shift with d_HΔH as small as one likes makes it err on half of the target with probability one half. "
            "It is a worst case over labellings: here the learner that always answers 0 is lucky.",
            verdict="imprecise",
        ),
        Erratum(
            said="in most cases it still works better than no transfer",
            holds="Nothing in the example or its theory says so; adaptation can make a model worse.",
            verdict="unsupported",
        ),
        Erratum(
            said="λ is not estimable",
            holds="Without target labels there are lower limits (the least source error) and one weak upper limit, never below one half; with k target "
            "labels λ has a confidence interval.",
            verdict="imprecise",
        ),
    )
