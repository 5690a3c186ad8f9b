"""The rule: what it chooses, what it refuses and why, on tables made for the purpose."""

import numpy as np
import pytest

from whytransfer.choice import (
    Evidence,
    Paired,
    Prior,
    Priors,
    Setting,
    choose,
    choose_by_labels,
    coarse_share,
    kind_of,
    shipped,
)
from whytransfer.choice.rule import HEDGED, LEAST


def setting(**changed):
    known = {
        "columns": "numbers", "shift": "covariate", "classes": 2, "n": 500, "m": 500, "p": 5, "auc": 0.99,
        "auc_lower": 0.98, "source_error": 0.1, "shares": (0.5, 0.5), "coarse": 0.0,
    }  # fmt: skip
    return Setting(**(known | changed))


def evidence(name, moved=0.1, share_distance=0.1, collapse=None, contested=None):
    return Evidence(
        name=name,
        family="moments",
        transforms_source=True,
        moved=moved,
        predicted=(0.5 + share_distance, 0.5 - share_distance),
        share_distance=share_distance,
        collapse=collapse,
        contested=contested,
    )


def table(kind="far", **names):
    """A firm table: (better, worse) by name."""
    cells = {(kind, name): Prior(better=b, worse=w, strength=50.0, sets=9) for name, (b, w) in names.items()}
    return Priors(table=cells, strength=8.0)


GOOD, BAD = (0.8, 0.1), (0.1, 0.8)
SOURCE = evidence("source", moved=0.0)


def test_the_largest_expected_gain_is_chosen_and_said():
    lost, record = (
        evidence("source", moved=0.0, share_distance=0.4),
        table("restored", coral=GOOD, gfk=(0.9, 0.05)),
    )
    made = choose([lost, evidence("coral"), evidence("gfk")], setting(), record)
    assert made.name == "gfk"
    assert made.gain == pytest.approx(0.1 * 0.85)
    assert made.lower < made.gain < made.upper
    assert "9 data sets" in made.why
    assert "90 %" in made.why
    assert made.scores == pytest.approx({"coral": 0.07, "gfk": 0.085})


def test_the_shipped_table_is_the_record_unless_another_is_given():
    candidates, changed = [SOURCE, evidence(HEDGED, moved=0.2)], setting()
    assert choose(candidates, changed) == choose(candidates, changed, shipped())
    wrong = np.arange(40) < 4
    pair = Paired(name=HEDGED, wrong=wrong, source_wrong=np.arange(40) < 20)
    assert choose_by_labels([pair], candidates, changed) == choose_by_labels(
        [pair], candidates, changed, shipped()
    )


@pytest.mark.parametrize(
    ("candidate", "problem", "record", "reason"),
    [
        (evidence(HEDGED), setting(), table(half_aligned=BAD), "risk of harm"),
        (evidence(HEDGED), setting(), table(gfk=GOOD), "risk of harm"),  # no record: in doubt
        (evidence(HEDGED), setting(coarse=0.9), table(half_aligned=GOOD), "codes"),  # the record is of another kind
        (evidence(HEDGED, moved=LEAST / 2), setting(), table(half_aligned=GOOD), "risk of harm"),  # too little to gain
        (evidence(HEDGED, collapse="one class"), setting(), table(half_aligned=GOOD), "risk of harm"),
        (evidence(HEDGED, moved=0.0), setting(), table(half_aligned=GOOD), "risk of harm"),
        (evidence("coral"), setting(), table(coral=GOOD), "risk of harm"),  # nothing is lost that it could put back
        (evidence(HEDGED), setting(auc=0.52, auc_lower=0.49), table(half_aligned=GOOD), "look alike"),
        (evidence(HEDGED), setting(auc=None, auc_lower=None), table(half_aligned=GOOD), "no domain classifier"),
    ],
)  # fmt: skip
def test_otherwise_the_source_model_is_kept_with_a_reason(candidate, problem, record, reason):
    made = choose([SOURCE, candidate], problem, record)
    assert made.kept
    assert reason in made.why
    assert made.gain == 0.0


def test_without_rivals_there_is_nothing_to_choose():
    assert choose([SOURCE], setting()).kept


def test_without_lost_shares_the_source_model_keeps_half_the_say():
    made = choose(
        [SOURCE, evidence("coral"), evidence(HEDGED)], setting(), table(coral=GOOD, half_aligned=GOOD)
    )
    assert made.name == HEDGED


def test_lost_shares_put_back_allow_the_source_model_to_be_overruled():
    lost = evidence("source", moved=0.0, share_distance=0.4)
    rescue, moves_only = (
        evidence("coral", moved=0.4, share_distance=0.1),
        evidence("coral", moved=0.4, share_distance=0.3),
    )
    record = table("restored", coral=GOOD)
    assert choose([lost, rescue], setting(), record).name == "coral"
    assert choose([lost, moves_only], setting(), record).kept
    # Where the domains overlap, other predicted shares may be true ones.
    assert choose([lost, rescue], setting(auc=0.8, auc_lower=0.7), record).kept


def test_kinds():
    source, candidate = (
        evidence("source", moved=0.0, share_distance=0.3),
        evidence("coral", share_distance=0.15),
    )
    lost, kept = [source, candidate], [SOURCE, candidate]
    assert kind_of(candidate, lost, setting()) == "restored"
    assert kind_of(candidate, kept, setting()) == "far"
    assert kind_of(candidate, lost, setting(auc=0.94)) == "near"
    assert kind_of(candidate, lost, setting(coarse=0.6)) == "codes"
    assert kind_of(candidate, lost, setting(auc_lower=0.54)) == "alike"
    assert coarse_share(np.empty((5, 0))) == 1.0


def aligned(*left):
    names = ("mean_scale", "central_moments", "coral", "linear_transport")
    return [evidence(name, moved=0.4, share_distance=d) for name, d in zip(names, left, strict=False)]


@pytest.mark.parametrize(
    ("left", "kind"),
    [
        ((0.01, 0.02, 0.05), "agreed"),
        ((0.01, 0.02, 0.05, 0.06), "agreed"),
        ((0.01, 0.02, 0.05, 0.08), "restored"),  # one of them comes back to other shares
        ((0.01, 0.02), "restored"),  # too few to agree
    ],
)
def test_alignments_agree_where_all_come_back_to_the_shares_of_the_source(left, kind):
    candidates = [evidence("source", moved=0.0, share_distance=0.4), *aligned(*left)]
    assert kind_of(candidates[1], candidates, setting()) == kind
    assert choose(candidates, setting(), table(kind, mean_scale=GOOD)).name == "mean_scale"
    # Another method that comes back as near is believed as in such transfers; one that does not, is not.
    for distance, other in ((0.06, kind), (0.1, "restored"), (0.3, "far")):
        confident = evidence("confident", share_distance=distance)
        assert kind_of(confident, [*candidates, confident], setting()) == other


# ---------------------------------------------------------------- with labels


def paired(name, better, worse, rows=40):
    wrong, source_wrong = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    source_wrong[:better] = True
    wrong[better : better + worse] = True
    return Paired(name=name, wrong=wrong, source_wrong=source_wrong)


def test_labels_overrule_the_table():
    seen = [SOURCE, evidence("coral", moved=0.5)]
    doubted = table(coral=BAD)
    assert choose_by_labels([paired("coral", 3, 1)], seen, setting(), doubted).kept
    made = choose_by_labels([paired("coral", 200, 20, rows=500)], seen, setting(), doubted)
    assert made.name == "coral"
    assert "right alone on 200 and wrong alone on 20" in made.why
    # The firm table believes in less than the labels allow.
    assert made.gain == made.lower < 0.36 < made.upper


def test_what_the_labels_chose_is_known_as_surely_as_all_candidates_together():
    """Limits at .05/3 hold for all three together at 95 %, and for the one that was chosen by them no more surely than that."""
    names = ("coral", "gfk", "tca")
    seen = [SOURCE, *(evidence(name, moved=0.5) for name in names)]
    pairs = [paired(name, better, 20, rows=500) for name, better in zip(names, (60, 200, 60), strict=True)]
    made = choose_by_labels(pairs, seen, setting(), table())
    assert made.name == "gfk"
    assert (made.lower, made.upper) == (pairs[1].lower(0.05 / 3), pairs[1].upper(0.05 / 3))
    assert made.confidence == 0.95


def test_a_few_lucky_labels_do_not_suffice():
    """Two of twenty won, none lost: plain comparison would switch; an unknown candidate is believed harmful with more than 5 %."""
    seen = [SOURCE, evidence("gfk", moved=0.3)]
    made = choose_by_labels([paired("gfk", 2, 0, rows=20)], seen, setting(), table())
    assert made.kept
    assert "too little" in made.why


def test_labels_decide_where_domains_look_alike_too():
    """A change of meaning moves no row: only labels see it."""
    seen = [SOURCE, evidence("pooled", moved=0.4)]
    alike = setting(auc=0.5, auc_lower=0.47)
    assert choose_by_labels([paired("pooled", 35, 3, rows=100)], seen, alike, table()).name == "pooled"


def test_a_collapsed_candidate_is_never_chosen_even_by_labels():
    seen = [SOURCE, evidence("coral", moved=0.5, collapse="one class")]
    choice = choose_by_labels([paired("coral", 300, 0, rows=500)], seen, setting(), table(coral=GOOD))
    assert choice.kept and "degenerate" in choice.why
    assert "no other candidate" in choose_by_labels([], [SOURCE], setting(), table()).why


@pytest.mark.parametrize(
    ("contested", "moved", "chosen"),
    [
        (0.2, 0.3, "coral"),  # 2 (.1 + .2) - .3 = .3
        (0.06, 0.3, "coral"),  # .02, a little more than the least gain
        (0.055, 0.3, "source"),  # .01
        (-0.2, 0.3, "source"),  # an error is not negative
        (None, 0.3, "coral"),  # nobody was asked
    ],
)
def test_nobody_is_chosen_whose_gain_the_estimated_error_leaves_no_room_for(contested, moved, chosen):
    lost = evidence("source", moved=0.0, share_distance=0.4, contested=contested)
    candidate = evidence("coral", moved=moved, share_distance=0.06)
    made = choose([lost, candidate], setting(), table("restored", coral=GOOD))
    assert made.name == chosen
    if chosen == "source":
        assert "other families" in made.why
        assert f"{moved:.3f} of the rows" in made.why


@pytest.mark.parametrize(
    ("shift", "collapse", "chosen"),
    [
        ("support", "class f is never predicted", "coral"),
        ("support", None, "source"),
        ("covariate", "class f is never predicted", "source"),
    ],
)
def test_a_committee_that_extrapolates_into_one_class_is_no_witness(shift, collapse, chosen):
    """Beyond the source's rows models of all families may agree on one class; within them a lost class may be truly gone."""
    lost = evidence("source", moved=0.0, share_distance=0.4, collapse=collapse, contested=-0.08)
    candidate = evidence("coral", moved=0.5, share_distance=0.06)
    assert choose([lost, candidate], setting(shift=shift), table("restored", coral=GOOD)).name == chosen
