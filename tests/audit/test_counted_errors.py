"""Claims about counted errors by hand: a drop from its two parts, and draws from a file whose labels may be wrong."""

import math

import numpy as np
import pytest

import whytransfer as wt
from tests.audit import cases
from whytransfer.claims import Claim, Level, Unit, declared
from whytransfer.labels.draws import Draws
from whytransfer.steps.errors import drop, drops

pytestmark = pytest.mark.usefixtures("without_back_test")


def error(id_, low, value, high, delta, **changes):
    given = {
        "id": id_,
        "quantity": id_.split(".")[0],
        "unit": Unit.ERROR,
        "level": Level.PROVED,
        "lower": low,
        "estimate": value,
        "upper": high,
        "confidence": 1 - delta,
        "loss": "zero_one",
        "detail": {"delta": delta, "subject": "given"},
    }
    return Claim(**given | changes)


SOURCE = error("source_error", 0.08, 0.1, 0.15, 0.01)
TARGET = error("target_error.direct", 0.2, 0.25, 0.4, 0.02)


def test_a_drop_is_the_worst_of_both_limits_and_spends_both():
    found = drop(TARGET, SOURCE)
    assert (found.id, found.quantity, found.level) == ("error_drop.direct", "error_drop", Level.PROVED)
    assert (found.lower, found.estimate, found.upper) == pytest.approx((0.2 - 0.15, 0.25 - 0.1, 0.4 - 0.08))
    assert found.confidence == pytest.approx(1 - 0.01 - 0.02)
    assert (found.detail["delta"], found.detail["delta_of_parts"]) == (0.0, pytest.approx(0.03))


def test_a_drop_is_silent_where_a_part_is():
    for gone, left in (("lower", "upper"), ("upper", "lower")):
        one = drop(error("target_error.direct", 0.2, 0.25, 0.4, 0.02, **{gone: None}), SOURCE)
        assert getattr(one, gone) is None and getattr(one, left) is not None
        other = drop(TARGET, error("source_error", 0.08, 0.1, 0.15, 0.01, **{gone: None}))
        assert getattr(other, left) is None and getattr(other, gone) is not None
    assert drop(error("target_error.direct", 0.2, None, 0.4, 0.02), SOURCE).estimate is None
    assert drop(TARGET, error("source_error", 0.08, None, 0.15, 0.01)).estimate is None
    assert drop(error("target_error.direct", None, 0.25, None, 0.02), SOURCE) is None
    bare = {"confidence": None, "lower": None, "upper": None}
    assert drop(TARGET, error("source_error", 0, 0.1, 0, 0.01, **bare)) is None


def test_a_drop_of_two_models_is_nobody_s():
    clone = {"detail": {"delta": 0.01, "subject": "clone"}}
    assert drop(TARGET, error("source_error", 0.08, 0.1, 0.15, 0.01, **clone)) is None
    # A bound names no subject: it is about the model that the source error is about.
    bound = error("target_error.hdh.stumps", None, 0.3, 0.5, 0.02, detail={"delta": 0.02})
    assert drop(bound, SOURCE).upper == pytest.approx(0.5 - 0.08)


def test_a_drop_is_as_sure_as_its_weaker_part_and_stands_on_what_both_do():
    a, b = declared("covariate_shift", "as said"), declared("iid", "as said")
    weak = error("target_error.direct", 0.2, 0.25, 0.4, 0.02, level=Level.CONDITIONAL, assumptions=(a,))
    other = error("source_error", 0.08, 0.1, 0.15, 0.01, level=Level.CONDITIONAL, assumptions=(b, a))
    assert drop(weak, SOURCE).level is drop(TARGET, other).level is Level.CONDITIONAL
    assert drop(weak, other).assumptions == (a, b)


def test_drops_are_asked_for_by_a_requirement_of_them():
    assert drops([SOURCE, TARGET], None) == []
    assert [claim.id for claim in drops([SOURCE, TARGET], 0.1)] == ["error_drop.direct"]


@pytest.mark.parametrize(("flipped", "noise"), [(0.0, 0.05), (0.9, 0.05), (0.1, 0.0)])
def test_some_rows_of_a_file_have_the_limits_of_a_draw_and_of_wrong_labels(flipped, noise):
    """Both readings of a share of wrong labels count: near 0 the changed counts widen the upper limit, near 1 the lower one."""
    source, target = cases.rows(100, 160)
    rng = np.random.default_rng(2)
    said = (target.X[:, 0] > 0.3).astype(int)
    labels = np.where(rng.random(160) < flipped, 1 - said, said)
    known = rng.permutation(160) < 60
    problem = wt.Problem(
        source.X, source.y, target.X, [int(y) if k else None for y, k in zip(labels, known, strict=True)]
    )
    here = (source.X[:, 0] > 0.3).astype(int)
    audit = wt.audit(
        problem, predictions=wt.Predictions(here, said), population="file", label_noise=noise, **cases.QUICK
    )
    claim = audit.claim("target_error.direct")
    wrong, delta = int((labels != said)[known].sum()), claim.detail["delta"]
    assert (claim.detail["errors"], claim.detail["rows"], claim.detail["population"]) == (wrong, 60, "file")
    draws, changed = Draws(sizes=(160,), drawn=(60,), population="file"), math.floor(noise * 60 + 1e-9)
    upper = max(draws.upper((wrong,), delta) + noise, draws.upper((wrong + changed,), delta))
    lower = min(draws.lower((wrong,), delta) - noise, draws.lower((max(0, wrong - changed),), delta))
    assert (claim.lower, claim.upper) == pytest.approx((max(0.0, lower), min(1.0, upper)), abs=1e-12)
