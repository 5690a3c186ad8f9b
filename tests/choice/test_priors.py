"""The table of priors: shares and strength as defined, its file, and what ships."""

import math

import numpy as np
import pytest

from whytransfer.choice import KINDS, Fared, Prior, Priors, fit_priors, shipped
from whytransfer.choice.priors import DOUBT, DOUBTFUL_SETS
from whytransfer.methods import METHODS


def fared(data_set, better, worse, moved=0.2, kind="far", name="coral"):
    return Fared(data_set=data_set, kind=kind, name=name, moved=moved, better=better, worse=worse)


def test_every_data_set_counts_once():
    """One set of three transfers with θ = 1, one of one transfer with θ = −1: half and half, and two doubtful sets beside them."""
    table = fit_priors([fared("a", 0.2, 0.0)] * 3 + [fared("b", 0.0, 0.2)])
    prior = table.of("far", "coral")
    expected = [(2 * 0.5 + DOUBTFUL_SETS * doubt) / (2 + DOUBTFUL_SETS) for doubt in DOUBT]
    assert (prior.better, prior.worse) == pytest.approx(expected)
    assert prior.sets == 2


def test_strength_is_that_of_the_law_that_drew_the_transfers():
    """Shares drawn from a Dirichlet law of known strength over contradicted rows, in many sets."""
    rng = np.random.default_rng(1)
    for strength in (4.0, 12.0):
        shares = rng.dirichlet(strength * np.array([0.5, 0.4, 0.1]), size=4000)
        moved = rng.uniform(0.05, 0.4, size=4000)
        rows = [
            fared(str(i), m * b, m * w, m) for i, (m, (b, w, _)) in enumerate(zip(moved, shares, strict=True))
        ]
        assert fit_priors(rows).of("far", "coral").strength == pytest.approx(strength, rel=0.08)


def test_strength_by_hand():
    """Two cells of two kinds, the second with a data set of two transfers: every sum written out."""
    rows = [fared("a", 0.12, 0.04), fared("b", 0.05, 0.2, moved=0.3), fared("c", 0.2, 0.02, moved=0.25)]
    others = [
        fared("a", 0.02, 0.1, kind="codes"),
        fared("a", 0.3, 0.1, moved=0.5, kind="codes"),
        fared("b", 0.06, 0.08, kind="codes"),
    ]

    def share(part, total, sets, doubt):
        return (sets * part / total + DOUBTFUL_SETS * doubt) / (sets + DOUBTFUL_SETS)

    b, w = share(0.37, 0.75, 3, DOUBT[0]), share(0.26, 0.75, 3, DOUBT[1])
    expected = (b + w - (b - w) ** 2) * (0.2**2 + 0.3**2 + 0.25**2)
    squares = sum((g - d * (b - w)) ** 2 for g, d in ((0.08, 0.2), (-0.15, 0.3), (0.18, 0.25)))
    b2, w2 = share(0.16 + 0.06, 0.35 + 0.2, 2, DOUBT[0]), share(0.1 + 0.08, 0.35 + 0.2, 2, DOUBT[1])
    expected2 = (b2 + w2 - (b2 - w2) ** 2) * ((0.2**2 + 0.5**2) / 2 + 0.2**2)
    parts = ((-0.08, 0.2, 0.5), (0.2, 0.5, 0.5), (-0.02, 0.2, 1.0))
    squares2 = sum(weight * (g - d * (b2 - w2)) ** 2 for g, d, weight in parts)

    common = (expected + expected2) / (squares + squares2) - 1
    table = fit_priors(rows + others)
    assert table.strength == pytest.approx(common, rel=1e-12)
    for kind, e, q, sets in (("far", expected, squares, 3), ("codes", expected2, squares2, 2)):
        doubt = DOUBTFUL_SETS / sets
        strength = e * (1 + doubt) / (q + doubt * e / (common + 1)) - 1
        assert 1 < strength < 100
        assert table.of(kind, "coral").strength == pytest.approx(strength, rel=1e-12)
    assert (table.of("far", "coral").better, table.of("codes", "coral").worse) == pytest.approx(
        (b, w2), rel=1e-12
    )


def test_a_table_of_nothing_is_worth_a_row():
    assert fit_priors([]).strength == 1.0


def test_a_kind_in_which_all_went_alike_has_the_stronger_priors():
    steady = [fared(str(i), 0.12, 0.08) for i in range(8)]
    erratic = [fared(str(i), 0.08 + 0.06 * (i % 2), 0.12 - 0.06 * (i % 2), kind="codes") for i in range(8)]
    table = fit_priors(steady + erratic)
    assert table.of("codes", "coral").strength < table.strength < table.of("far", "coral").strength


def test_what_contradicts_nowhere_teaches_nothing():
    table = fit_priors([fared("a", 0.0, 0.0, moved=0.0)])
    assert not table.table
    assert table.of("far", "coral") == Prior(better=DOUBT[0], worse=DOUBT[1], strength=table.strength, sets=0)


def test_a_table_is_read_as_it_was_written():
    table = fit_priors([fared("a", 0.15, 0.05), fared("b", 0.1, 0.02), fared("b", 0.03, 0.05, kind="codes")])
    again = Priors.from_json(table.to_json())
    assert again.table.keys() == table.table.keys()
    for cell, prior in table.table.items():
        assert again.table[cell].better == pytest.approx(prior.better, rel=5e-3)
        assert again.table[cell].strength == pytest.approx(prior.strength, rel=5e-3)
    assert Priors.from_json(again.to_json()) == again


def test_the_shipped_table_is_about_methods_and_kinds_that_exist():
    table = shipped()
    assert {name for _, name in table.table} <= set(METHODS)
    assert {kind for kind, _ in table.table} <= set(KINDS)
    for prior in table.table.values():
        assert 0 <= prior.better <= 1 - prior.worse <= 1
        assert math.isfinite(prior.strength) and prior.strength > 0
        assert prior.sets >= 1
