"""A plan: which target rows to label, in which order, and by what the labels will be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from whytransfer.claims import Assumption, figures
from whytransfer.labels.draws import Draws, Population
from whytransfer.labels.horizon import Horizon
from whytransfer.labels.shared_law import Shared
from whytransfer.labels.strata import Way
from whytransfer.labels.watch import Watch
from whytransfer.problem.label_space import LabelSpace

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.labels.number_plan import NumberPlan

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Design = Literal["fixed", "sequential"]

EARLY_SHARE = 0.01
"""Of the headline's δ in a fixed design, what pays for looks before the planned number of labels is reached."""
ENDLESS_SHARE = 0.02
"""Of δ in a sequential design, what pays for limits that hold however long one goes on, and that end clear cases early."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelPlan:
    """Which target rows to label, and everything that judging the labels needs.

    It holds no label and, until a sheet is continued, no cell of the data; the sheet that people fill in has those (`to_csv`).
    Frozen; made by `whytransfer.plan_labels` or read back with `LabelPlan.read`.

    Parameters
    ----------
    digest : str
        SHA-256 of the target's features.
    label : str
        Name of the label column of the sheet.
    classes : ndarray, shape (K,)
        Labels of the source, sorted.
    requirement, requirement_kind : float, str
        What "works" means, in error units, and where it comes from (``"tolerance"`` or ``"majority_error"``).
    delta : float
        Failure probability per side of everything that is certified with this plan.
    spends : mapping of str to float
        Share of δ of every claim that will spend, declared before any label is seen; they add up to `delta` at most.
    seed : int
        Of the draw.
    design : {"fixed", "sequential"}
        Valid once at the planned number of labels, or after every label.
    way : {"uniform", "stratified", "disagreement"}
        How rows were chosen.
    population : {"law", "file"}
        What the claims are about.
    sizes, drawn : tuple of int
        Rows of each stratum of the target file, and how many of them are to be labelled.
    rows : ndarray of int64, shape (n,)
        0-based positions in the target file, in draw order.
    strata, batches : ndarray of int64, shape (n,)
        Stratum and batch of each, batches counted from 1.
    predictions : mapping of str to ndarray of int64, shape (n,)
        Predicted classes (positions in `classes`) of every candidate on these rows; the first one is whom the verdict is about.
    predicted_error : ndarray of float64, shape (n,), or None
        P(the first candidate errs), as source and predictions have it.
    contested : mapping of str to tuple of int
        Rows of each stratum of the file on which a candidate contradicts the first one.
    source : mapping
        ``rows``, ``labelled`` and ``digest`` of the source file.
    subject : str
        Who the first candidate is, in words.
    names : tuple of str
        Feature columns of the sheet.
    label_noise : float
        Largest share of wrong labels.
    majority_error : float
        Error of always predicting the source's most frequent class.
    standing : tuple of Assumption
        What a certificate stands on beside the draw; empty for independent rows.
    forecast : mapping
        What was expected before anyone labels: `power` and `savings`.
    warnings : tuple of str
        What was left out or decided by itself.
    shared : Shared or None
        What splits the change in error once labels are there; None where the source's errors are unknown.
    cells : tuple of tuple of str, or None
        Feature cells of the planned rows as the first sheet had them, where that was continued: a later sheet holds the rows
        so far only.
    frame : data frame or None
        Features of the planned rows in draw order; None after `read`.
    """

    digest: str
    label: str
    classes: np.ndarray
    requirement: float
    requirement_kind: str
    delta: float
    spends: Mapping[str, float]
    seed: int
    design: Design
    way: Way
    population: Population
    sizes: tuple[int, ...]
    drawn: tuple[int, ...]
    rows: Integers
    strata: Integers
    batches: Integers
    predictions: Mapping[str, Integers]
    predicted_error: Floats | None = None
    contested: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    subject: str = "the model"
    names: tuple[str, ...] = ()
    label_noise: float = 0.0
    majority_error: float = 1.0
    standing: tuple[Assumption, ...] = ()
    forecast: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    shared: Shared | None = field(default=None, repr=False)
    cells: tuple[tuple[str, ...], ...] | None = field(default=None, repr=False)
    frame: Any = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"LabelPlan({self.n:,} of {self.m:,} target rows, {self.design} design, drawn {self.way}; error at most {figures.required(self.requirement, self.requirement_kind)})"

    @property
    def n(self) -> int:
        """Labels planned."""
        return len(self.rows)

    @property
    def m(self) -> int:
        """Rows of the target file."""
        return sum(self.sizes)

    @property
    def inclusion(self) -> Floats:
        """Probability that each planned row was drawn, shape (n,): n_h / N_h of its stratum."""
        shares = np.array(self.drawn) / np.array(self.sizes)
        return np.asarray(shares[self.strata], dtype=np.float64)

    @property
    def power(self) -> list[dict[str, Any]]:
        """For a grid of true errors: how many labels settle the requirement, and how likely this plan does.

        Each entry has ``true_error``, ``answer`` (what would be certified), ``labels`` (uniformly drawn, power .80; None where
        more than the file has) and ``probability`` (that this plan's labels settle it).
        """
        return [dict(entry) for entry in self.forecast.get("power", ())]

    @property
    def subject_name(self) -> str:
        """The name of the first candidate."""
        return next(iter(self.predictions))

    @property
    def headline(self) -> float:
        """δ per side of the error of the first candidate."""
        return float(self.spends["target_error.direct"])

    @property
    def draws(self) -> Draws:
        """The draw as its exact limits know it."""
        return Draws(sizes=self.sizes, drawn=self.drawn, population=self.population)

    @property
    def label_space(self) -> LabelSpace:
        """The classes, with the rules by which labels of any writing become codes."""
        return LabelSpace(classes=self.classes)

    @property
    def horizon(self) -> Horizon:
        """Limits of a sequential design, valid after every label up to the last planned one."""
        return Horizon(n=self.n, rows=self.m if self.population == "file" else None)

    @property
    def watch(self) -> Watch:
        """Limits of a uniform draw that are valid however long one goes on."""
        return Watch(rows=self.m if self.population == "file" else None)

    def to_csv(self, path: str | Path) -> Path:
        """Write the sheet to fill in, and the plan beside it.

        Parameters
        ----------
        path : path
            ``rows.csv``; the plan goes to ``rows.plan.json``.

        Returns
        -------
        Path
            Of the plan.

        Raises
        ------
        InputError
            When a file can't be written, or the plan was read back and holds no features.
        """
        from whytransfer.labels.sheet import write

        return write(self, Path(path))

    def to_json(self) -> str:
        """The ``whytransfer/plan/1`` document as text; the same plan gives the same bytes."""
        from whytransfer.labels.document import to_text

        return to_text(self)

    @classmethod
    def read(cls, path: str | Path) -> LabelPlan | NumberPlan:
        """The plan that `to_csv` wrote beside a sheet: a `NumberPlan` where the label is a quantity.

        Raises
        ------
        InputError
            When the file can't be read, or is no ``whytransfer/plan/1`` document.
        """
        from whytransfer.labels.document import from_file

        return from_file(Path(path))

    def to_frame(self) -> pd.DataFrame:
        """One row a planned row: row, batch, stratum, inclusion probability, predicted error; no features."""
        import pandas as pd

        return pd.DataFrame(
            {
                "row": self.rows,
                "batch": self.batches,
                "stratum": self.strata,
                "inclusion": self.inclusion,
                "predicted_error": np.full(self.n, np.nan)
                if self.predicted_error is None
                else self.predicted_error,
            }
        )
