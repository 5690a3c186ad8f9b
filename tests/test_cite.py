"""wt.cite: the entries of what ran, no others, each once; the bibliography ships in the package."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import whytransfer as wt
from whytransfer.bibliography import ENTRY, entries, sources
from whytransfer.theorems import THEOREMS

RNG = np.random.default_rng(0)
X, Z = RNG.normal(size=(40, 1)), RNG.normal(size=(40, 1))
Y = (X[:, 0] > 0).astype(int)


def keys(text):
    return [entry["key"] for entry in ENTRY.finditer(text)]


def said(*claims):
    return keys(wt.cite(SimpleNamespace(claims=claims)))


def test_a_claim_brings_its_source_its_theorem_s_and_its_class_s():
    stumps = wt.hypotheses("stumps")
    bound = wt.theorem(
        "hdh",
        source_error=wt.interval("clopper_pearson", 4, 40),
        discrepancy=stumps.discrepancy(X, Z),
        adaptability=0.1,
    )
    assert sources(bound) == ("ben-david:10", "iba-langley:92")
    assert said(bound, wt.divergence("wasserstein1", X, Z), bound) == [
        "ben-david:10",
        "iba-langley:92",
        wt.divergence("wasserstein1", X, Z).citation,
    ]
    # A class with parameters in its label.
    assert "ben-david:10" in said(wt.hypotheses("unions", j=2).adaptability(X, Y, Z))


def test_what_was_derived_here_has_no_source_and_nothing_has_none():
    assert said(wt.theorem("disagreement", disagreement=0.3)) == []
    assert wt.cite(SimpleNamespace(claims=())) == ""


def test_an_audit_is_cited_as_a_whole_and_so_is_its_document(tmp_path):
    audit = wt.audit(
        wt.lab.gaussians(mean=1.0).sample(80, 80, seed=0), tolerance=0.4, theorems=["localised", "dis2"]
    )
    text = wt.cite(audit)
    found = keys(text)
    assert found == sorted(set(found))
    assert text.count("\n") == len(found)
    assert set(found) == {keys(entries()[key])[0] for c in audit.claims for key in sources(c)}
    assert {"zhang:20", "rosenfeld:23", "clopper-pearson:34", "garg:22"} <= set(found)
    path = tmp_path / "audit.json"
    audit.to_json(path)
    assert wt.cite(wt.Audit.from_json(path)) == text


@pytest.mark.parametrize("name", [n for n, kind in THEOREMS.items() if kind.reference])
def test_every_published_theorem_has_its_entry(name):
    assert THEOREMS[name].reference in entries()


def test_entries_are_whole():
    for key, entry in entries().items():
        assert entry.count("{") == entry.count("}"), key
        assert re.search(r"title = \{.+\}, ", entry), key
