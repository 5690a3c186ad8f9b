"""Why a verdict changed: two audits beside each other, and what each change alone would have done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whytransfer.errors import InputError
from whytransfer.result import Audit


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two audits; made by `diff`.

    Parameters
    ----------
    document : dict
        A ``whytransfer/diff/1`` document: ``verdict`` (old, new, changed), ``why`` (sentences), ``requirement``, ``claims``
        (moved, appeared, gone), ``assumptions``, ``features``, ``problem``, ``data``, ``versions``, ``options``, ``warnings``.
        Every pair is ``[old, new]``; what did not change is left out.
    """

    document: dict[str, Any]

    @property
    def changed(self) -> bool:
        """Whether the answer or its basis changed."""
        return bool(self.document["verdict"]["changed"])

    @property
    def why(self) -> tuple[str, ...]:
        """Why, a sentence each, the causes first."""
        return tuple(self.document["why"])


def diff(old: Audit, new: Audit) -> Difference:
    """Why the verdict of `new` is not that of `old`, or what moved although it is.

    Causes are found by trial: the new claims are weighed against the old requirement, the new requirement against the old
    claims. Claims are compared by their ids; figures of two samples differ by chance as well, so that the limits of both are told,
    and whether they are apart.

    Parameters
    ----------
    old, new : Audit
        From `audit`, `certify` or `Audit.from_json`.

    Returns
    -------
    Difference
        Frozen.

    Raises
    ------
    InputError
        For anything that is no audit.

    Examples
    --------
    >>> import whytransfer as wt
    >>> world = wt.lab.gaussians(mean=1.0)
    >>> plan = wt.plan_labels(world.sample(200, 300, seed=0), tolerance=0.3, budget=40)
    >>> nothing = wt.certify(plan, {})
    >>> wt.diff(nothing, nothing).why
    ('nothing that the audits tell differs',)
    """
    for audit in (old, new):
        if not isinstance(audit, Audit):
            raise InputError(
                f"diff: expected two audits, got {type(audit).__name__}; read a saved one with wt.Audit.from_json(path)"
            )
    from whytransfer.steps.difference import compared

    return Difference(compared(old.document, new.document))
