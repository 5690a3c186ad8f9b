"""The demonstration: Palmer penguins, where a model that works on one species fails on another.

The data (344 rows, CC0) are those of the R package palmerpenguins (Horst, Hill & Gorman 2020, doi:10.5281/zenodo.3960218);
collected by Kristen Gorman and the Palmer Station LTER.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from whytransfer.audit import audit
from whytransfer.claims import Claim, figures
from whytransfer.hypotheses import hypotheses
from whytransfer.problem import Problem
from whytransfer.result import Audit

if TYPE_CHECKING:
    import pandas as pd

MEASUREMENTS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
TOLERANCE = 0.2


def penguins() -> pd.DataFrame:
    """All 344 penguins, missing values and all; columns species, island, four measurements, sex, year."""
    import pandas as pd

    with resources.files("whytransfer.demo").joinpath("penguins.csv").open("rb") as file:
        return pd.read_csv(file)


def domain(species: str) -> pd.DataFrame:
    """The measurements and the sex of one species of the Palmer penguins (Horst, Hill and Gorman 2020, CC0).

    Parameters
    ----------
    species : {"Adelie", "Chinstrap", "Gentoo"}
        Another name gives no rows.

    Returns
    -------
    pandas.DataFrame
        One row a bird: four measurements in mm and g, and ``sex``, missing where it was not told.

    Examples
    --------
    >>> domain("Gentoo").shape
    (124, 5)
    """
    birds = penguins()
    return birds.loc[birds["species"] == species, [*MEASUREMENTS, "sex"]].reset_index(drop=True)


def show(folder: Path, seed: int = 0) -> None:
    """Tell the story on stdout and write its two reports to `folder`, which exists."""
    from whytransfer.report import render, render_brief
    from whytransfer.report.console import stdout_console

    console = stdout_console()
    source, target = domain("Adelie"), domain("Gentoo")

    def say(*lines: str) -> None:
        sys.stdout.write("\n".join(lines) + "\n\n")

    say(
        "PALMER PENGUINS. The sex of 152 Adelie penguins is to be told from four measurements. Will that model tell the sex",
        f"of 124 Gentoo penguins? WORKS means: wrong on at most {TOLERANCE:.0%} of them. First without any Gentoo label.",
    )
    before = audit(Problem.read(source, target, label="sex"), tolerance=TOLERANCE, seed=seed)
    render(before.document, console)
    before.to_html(folder / "penguins.html")
    before.to_json(folder / "penguins.json")
    say("", "NOW THE GENTOO LABELS ARE REVEALED (for evaluation only: no step has learned from them).")
    known = Problem.read(source, target, label="sex", use_target_labels=True)
    after = audit(known, tolerance=TOLERANCE, seed=seed)
    render_brief(after.document, console)
    after.to_html(folder / "penguins_revealed.html")
    repaired = audit(_matched(source, target), tolerance=TOLERANCE, seed=seed)
    say("", *_what_was_true(before, after, repaired))
    say(f"Reports: {folder / 'penguins.html'} and {folder / 'penguins_revealed.html'}")


def _matched(source: pd.DataFrame, target: pd.DataFrame) -> Problem:
    """The same birds with each species in units of its own mean and spread: moment matching, no label needed."""
    scaled = []
    for birds in (source, target):
        measured = birds[MEASUREMENTS]
        own = (measured - measured.mean()) / measured.std()
        scaled.append(own.assign(sex=birds["sex"]))
    return Problem.read(scaled[0], scaled[1], label="sex", use_target_labels=True)


def _what_was_true(before: Audit, after: Audit, repaired: Audit) -> list[str]:
    direct = after.claim("target_error.direct")
    linear, stumps = _adaptability("linear"), _adaptability("stumps")
    fixed = repaired.claim("target_error.direct")
    auc = before.document["diagnosis"]["overlap"]["auc"]
    table = [
        ("error on Adelie, held out", _figure(before.claim("source_error")), "yes"),
        ("the species differ: AUC of a classifier", f"{auc:.3f}", "yes"),
        ("error on Gentoo", _figure(direct), "no, only estimated"),
        ("λ of linear classifiers on these birds, at most", figures.at_most(linear.estimate), "no"),
        ("λ of stumps (the least sum of both errors)", _figure(stumps), "no"),
        ("error on Gentoo after matching means and spreads", _figure(fixed), "no"),
    ]
    width = max(len(row[0]) for row in table)
    lines = [
        "WHAT WAS TRUE".ljust(width + 2) + "value [limits]".ljust(26) + "knowable without Gentoo labels?"
    ]
    lines += [name.ljust(width + 2) + value.ljust(26) + known for name, value, known in table]
    return [
        *lines,
        "",
        "A linear classifier good on both species exists (λ is small), so the failure is not one of principle; matching the",
        "moments repairs it. None of that could be known before: another pair of species, with the same measurements and the",
        "same distance, may have a large λ. That is why the answer without labels is what it is, and says what would settle it.",
    ]


def _adaptability(name: str) -> Claim:
    """λ of a class on all sexed birds of both species."""
    (Xs, ys), (Xt, yt) = (
        (birds[MEASUREMENTS].to_numpy(dtype=float), birds["sex"].to_numpy())
        for birds in (domain(species).dropna() for species in ("Adelie", "Gentoo"))
    )
    return hypotheses(name).adaptability(Xs, ys, Xt, yt)


def _figure(claim: Claim) -> str:
    limits = ""
    if claim.lower is not None and claim.upper is not None:
        limits = f" [{figures.at_least(claim.lower)}, {figures.at_most(claim.upper)}]"
    return figures.estimate(claim.estimate) + limits
