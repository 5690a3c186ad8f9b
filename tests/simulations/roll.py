"""Every theorem and where it is tried: a cell in which it must hold, and one in which its assumption is broken and it must miss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.simulations.harness import Cell, Section, percent


@dataclass(frozen=True, slots=True)
class Tried:
    """What protects a theorem's limit, and the certificates and controls that show it.

    Parameters
    ----------
    holds, broken : tuple of str
        Names of certificates and of controls in the sections.
    breaks : str
        Which assumption the controls break.
    """

    holds: tuple[str, ...]
    broken: tuple[str, ...]
    breaks: str


COINS = "rows that did not choose the rule"
LAMBDA = "λ, or σ and τ, as asserted"
UNDERSTATED = ", λ or τ understated"

ROLL: dict[str, Tried] = {
    **{
        name: Tried((name,), (f"{name}, best of 10¹⁵ coins",), COINS)
        for name in ("clopper_pearson", "hoeffding", "chernoff", "empirical_bernstein", "betting")
    },
    "vc": Tried(("vc",), ("vc, dimension understated",), "the VC dimension"),
    "rademacher": Tried(("rademacher",), ("rademacher, complexity understated",), "the complexity"),
    "pac_bayes_kl": Tried(("pac_bayes_kl",), ("pac_bayes_kl, KL understated",), "a prior fixed before"),
    "hdh": Tried(
        ("err_T by hdh", "err_T by hdh, model outside, joined"),
        (f"err_T by hdh{UNDERSTATED}", "err_T by hdh, model outside, not joined"),
        f"{LAMBDA}; h in H, or joined",
    ),
    "disparity": Tried(
        ("err_T by disparity", "err_T by disparity, same rows"),
        (f"err_T by disparity{UNDERSTATED}", f"err_T by disparity, same rows{UNDERSTATED}"),
        LAMBDA,
    ),
    **{
        name: Tried((f"err_T by {name}",), (f"err_T by {name}{UNDERSTATED}",), LAMBDA)
        for name in ("lagrangian", "localised")
    },
    "margin_disparity": Tried(
        ("margin_disparity", "disparity of margins"),
        ("margin_disparity, λ understated", "disparity of margins, without its term"),
        "λ of the margins, as asserted",
    ),
    "version_space": Tried(
        ("err_T by version_space",),
        (f"err_T by version_space{UNDERSTATED}", "err_T by version_space, model fitted to the target rows"),
        f"{LAMBDA}; target rows that did not make h",
    ),
    "labelling_functions": Tried(
        ("labelling_functions",),
        ("labelling_functions, labels flipped",),
        "the labelling functions' difference",
    ),
    "mansour": Tried(("mansour",), ("mansour, optima said to agree",), "the optima's difference"),
    "mmd": Tried(("mmd",), ("mmd, norm understated",), "the norm"),
    "wasserstein": Tried(("wasserstein",), ("wasserstein, λ understated",), "λ of the Lipschitz class"),
    "transport_labels": Tried(
        ("transport_labels, mean", "transport_labels, largest"),
        ("transport_labels, mean, cost understated", "transport_labels, largest, cost understated"),
        "the cost",
    ),
    "dis2": Tried(("dis2",), ("dis2, critic too weak",), "a critic no weaker than the truth"),
    "odd": Tried(("odd",), ("odd, critic too weak",), "a critic no weaker than the truth"),
    **{
        name: Tried((name,), (f"{name}, other labels",), what)
        for name, what in (
            ("pac_bayes_da", "the gap of joint errors"),
            ("pac_bayes_ratio", "the ratio"),
            ("cells", "equal errors in each cell"),
        )
    },
    "importance_weighting": Tried(
        tuple(f"importance_weighting, {form}" for form in ("best", "betting", "hoeffding", "cortes")),
        tuple(
            f"importance_weighting, {form}, other labels"
            for form in ("best", "betting", "hoeffding", "cortes")
        ),
        "covariate shift",
    ),
    "support": Tried(("support",), ("support, ratio understated",), "the ratio on the region"),
    "prevalence": Tried(("prevalence",), ("prevalence, understated",), "the shares of the classes"),
    "label_shift_lp": Tried(("label_shift_lp",), ("label_shift_lp, location shift",), "label shift"),
    "ball": Tried(
        tuple(f"ball, {kind}" for kind in ("tv", "chi2", "kl", "hellinger", "ratio")),
        tuple(f"ball, {kind}, target outside" for kind in ("tv", "chi2", "kl", "hellinger", "ratio")),
        "the radius",
    ),
    "tv_lower": Tried(("tv_lower",), ("tv_lower, labels of one class only",), "labels drawn at random"),
    "zhao_lower": Tried(("zhao_lower",), ("zhao_lower, labels of one class only",), "labels drawn at random"),
    "disagreement": Tried(
        ("disagreement",), ("disagreement, fitted to the rows",), "rows that made neither model"
    ),
    "ppi": Tried(
        ("ppi, betting", "ppi, hoeffding"), ("ppi, fitted to the labelled rows",), "a g fixed by other rows"
    ),
    "alpha_pooling": Tried(("alpha_pooling",), ("alpha_pooling, λ understated",), "λ as asserted"),
}

WITHOUT = {"cover_hart": "an estimate without limits: it promises nothing for finite samples"}
"""Theorems that need not stand on the roll, with the reason."""


def roll_of(sections: Sequence[Section]) -> str:
    """The table of all theorems, as it stands on the page."""
    held = _worst(cell for section in sections for cell in section.cells)
    failed = _worst(cell for section in sections for cell in section.controls)
    text = (
        "Misses in the worst of the cells in which all is as assumed, and in the worst cell of the control in which what stands "
        "last is broken (of several controls, the one that misses least); each limit at δ = 0.05."
    )
    lines = [
        "| theorem | worst where it holds, % | where broken, % | what protects it |",
        "| --- | --: | --: | --- |",
    ]
    for name, tried in sorted(ROLL.items()):
        worst = max(held[certificate] for certificate in tried.holds)
        broken = min(failed[control] for control in tried.broken)
        lines.append(f"| {name} | {percent(worst)} | {percent(broken)} | {tried.breaks} |")
    lines += [f"| {name} | - | - | {reason} |" for name, reason in sorted(WITHOUT.items())]
    return "\n\n".join(["## Every theorem", text, "\n".join(lines)])


def _worst(cells: Iterable[Cell]) -> dict[str, float]:
    """The largest rate of misses of each certificate; some names stand for a certificate here and for a control there."""
    worst: dict[str, float] = {}
    for cell in cells:
        worst[cell.certificate] = max(cell.rate, worst.get(cell.certificate, 0.0))
    return worst
