"""Why a verdict changed: two audits beside each other, and what each change alone would have done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whytransfer.errors import InputError
from whytransfer.result import Audit
from whytransfer.several import Audits


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two audits; made by `diff`.

    Parameters
    ----------
    document : dict
        Of several audits a ``whytransfer/diffs/1`` document: ``verdict``, ``why``, ``appeared``, ``gone``, and ``parts``, a ``diff/1`` document for
        each name that both have. Of one a ``whytransfer/diff/1`` document: ``verdict`` (old, new, changed), ``why`` (sentences), ``requirement``, ``claims``
        (moved, appeared, gone), ``assumptions``, ``features``, ``problem``, ``data``, ``versions``, ``options``, ``warnings``.
        Every pair is ``[old, new]``; what did not change is left out.

    Examples
    --------
    >>> Difference({"verdict": {"changed": False}, "why": ["nothing that the audits tell differs"]}).why
    ('nothing that the audits tell differs',)
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


def diff(old: Audit | Audits, new: Audit | Audits) -> Difference:
    """Why the verdict of `new` is not that of `old`, or what moved although it is.

    Causes are found by trial: the new claims are weighed against the old requirement, the new requirement against the old
    claims. Claims are compared by their ids; figures of two samples differ by chance as well, so that the limits of both are told,
    and whether they are apart.

    Parameters
    ----------
    old, new : Audit, or both Audits
        From `audit`, `certify`, `audit_each` or `from_json`. Of several audits those of one name are compared.

    Returns
    -------
    Difference
        Frozen.

    Raises
    ------
    InputError
        For anything that is no audit, and for one audit against several.

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
        if not isinstance(audit, (Audit, Audits)):
            raise InputError(
                f"diff: expected two audits, got {type(audit).__name__}; read a saved one with wt.Audit.from_json(path)"
            )
    if isinstance(old, Audits) != isinstance(new, Audits):
        raise InputError("diff: one of both holds several audits; give two of a kind")
    from whytransfer.steps.difference import compared, several_compared

    compare = several_compared if isinstance(old, Audits) else compared
    return Difference(compare(old.document, new.document))
