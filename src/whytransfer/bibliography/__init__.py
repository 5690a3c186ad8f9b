"""What a claim rests on, as BibTeX: one file of entries, and the keys that claims, theorems and classes name."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.hypotheses import HYPOTHESES
from whytransfer.result import Audit
from whytransfer.theorems import THEOREMS

ENTRY = re.compile(r"^@\w+\{(?P<key>[\w:-]+),.*\}$", flags=re.MULTILINE)
"""One entry a line."""

ALIASES = re.compile(r"\bids = \{(?P<keys>[^}]+)\}")


def cite(audit: Audit) -> str:
    """BibTeX of what ran: the sources of every claim of an audit, of its theorem, and of its class of hypotheses.

    Parameters
    ----------
    audit : Audit
        As `wt.audit` returned it, or read back from its JSON.

    Returns
    -------
    str
        One entry a line, in the order of their keys, each once; empty where nothing ran that was published.

    Raises
    ------
    InputError
        For anything that is no audit.

    Examples
    --------
    >>> import whytransfer as wt
    >>> audit = wt.audit(wt.lab.gaussians(mean=1.0).sample(60, 60, seed=0), tolerance=0.4, theorems=["hdh"])
    >>> "A theory of learning from different domains" in wt.cite(audit)
    True
    """
    claims = getattr(audit, "claims", None)
    if claims is None:
        raise InputError(
            f"cite: expected an audit, got {type(audit).__name__}; read a saved one with wt.Audit.from_json(path)"
        )
    known = entries()
    found = {known[key] for claim in claims for key in sources(claim) if key in known}
    # By the key that follows the brace, whatever kind of entry stands before it.
    return "".join(f"{entry}\n" for entry in sorted(found, key=lambda entry: entry.partition("{")[2]))


def sources(claim: Claim) -> tuple[str, ...]:
    """The keys of what a claim rests on: its own, that of its theorem, and that of its class."""
    theorem = THEOREMS.get(claim.theorem or "")
    # A label is a name with parameters: unions(j=2).
    oracle = HYPOTHESES.get((claim.hypothesis_class or "").partition("(")[0])
    keys = (
        claim.citation,
        None if theorem is None else theorem.reference,
        None if oracle is None else oracle.reference,
    )
    return tuple(dict.fromkeys(key for key in keys if key))


@cache
def entries() -> dict[str, str]:
    """Every entry of the bibliography, by its key and by its other keys."""
    text = files("whytransfer.bibliography").joinpath("references.bib").read_text(encoding="utf-8")
    found = {}
    for entry in ENTRY.finditer(text):
        other = ALIASES.search(entry.group())
        for key in (entry["key"], *(other["keys"].split(",") if other else ())):
            found[key.strip()] = entry.group()
    return found
