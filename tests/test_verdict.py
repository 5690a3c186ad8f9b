"""From claims to an answer: precedence, requirements, what forbids deciding."""

import pytest

from whytransfer.claims import Assumption, Claim, Level, Status, Unit, declared
from whytransfer.verdict import Answer, Basis, Requirement, decide

TOLERANCE = Requirement(value=0.2, quantity="target_error", kind="tolerance")


def claim(level, lower, upper, *, id_="target_error.direct", assumptions=(), quantity="target_error"):
    return Claim(
        id=id_,
        quantity=quantity,
        unit=Unit.ERROR,
        level=level,
        lower=lower,
        upper=upper,
        estimate=(lower + upper) / 2,
        confidence=0.95,
        assumptions=assumptions,
    )


PANEL_GOOD = claim(Level.ESTIMATED, 0.0, 0.1, id_="target_error.panel")
PANEL_BAD = claim(Level.ESTIMATED, 0.3, 0.5, id_="target_error.panel")
DIRECT_GOOD, DIRECT_BAD, DIRECT_OPEN = (
    claim(Level.PROVED, *x) for x in ((0.0, 0.2), (0.21, 0.4), (0.1, 0.3))
)


@pytest.mark.parametrize(
    ("claims", "answer", "basis"),
    [
        ([DIRECT_GOOD], Answer.WORKS, Basis.CERTIFIED),  # upper = requirement is enough
        ([DIRECT_BAD], Answer.FAILS, Basis.CERTIFIED),
        ([claim(Level.PROVED, 0.2, 0.4)], Answer.UNDECIDED, None),  # lower = requirement refutes nothing
        ([DIRECT_OPEN], Answer.UNDECIDED, None),
        ([PANEL_GOOD], Answer.WORKS, Basis.ESTIMATED),
        ([PANEL_BAD], Answer.FAILS, Basis.ESTIMATED),
        ([DIRECT_OPEN, PANEL_GOOD], Answer.WORKS, Basis.ESTIMATED),
        ([], Answer.UNDECIDED, None),
    ],
)
def test_answers(claims, answer, basis):
    ruling = decide(claims, TOLERANCE)
    assert (ruling.answer, ruling.basis) == (answer, basis)


def test_an_estimate_that_labels_contradict_does_not_decide():
    """All that is proved possible lies above the panel's interval, and the requirement between: WORKS would be absurd."""
    for low, high, panel in ((0.15, 0.3, PANEL_GOOD), (0.1, 0.25, PANEL_BAD)):
        direct = claim(Level.PROVED, low, high)
        ruling = decide([direct, panel], TOLERANCE)
        assert (ruling.answer, ruling.basis) == (Answer.UNDECIDED, None)
        assert "target_error.panel is not trusted" in ruling.reason
    other = claim(Level.PROVED, 0.15, 0.3, quantity="error_drop", id_="error_drop.direct")
    assert decide([other, PANEL_GOOD], TOLERANCE).answer is Answer.WORKS


def test_the_stronger_basis_wins_and_the_clash_is_said():
    ruling = decide([DIRECT_BAD, PANEL_GOOD], TOLERANCE)
    assert (ruling.answer, ruling.basis) == (Answer.FAILS, Basis.CERTIFIED)
    assert len(ruling.warnings) == 1
    assert (
        ruling.warnings[0].startswith("target_error.panel says ")
        and "on an estimated basis" in ruling.warnings[0]
    )


def test_within_one_basis_failure_wins():
    other = claim(Level.PROVED, 0.0, 0.1, id_="target_error.hdh.stumps")
    assert decide([other, DIRECT_BAD], TOLERANCE).answer is Answer.FAILS


def test_only_the_panel_speaks_for_the_estimates():
    alone = claim(Level.ESTIMATED, 0.0, 0.1, id_="target_error.doc")
    assert decide([alone], TOLERANCE).answer is Answer.UNDECIDED


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (Status.DECLARED, Answer.WORKS),
        (Status.UNTESTED, Answer.UNDECIDED),
        (Status.NOT_REJECTED, Answer.UNDECIDED),
        (Status.REJECTED, Answer.UNDECIDED),
    ],
)
def test_a_conditional_claim_needs_its_assumption_asserted(status, answer):
    test = None if status in (Status.DECLARED, Status.UNTESTED) else "a test"
    one = Assumption(id="a", text="…", status=status, test=test)
    good = claim(Level.CONDITIONAL, 0.0, 0.1, id_="target_error.hdh.stumps", assumptions=(one,))
    assert decide([good], TOLERANCE).answer is answer


def test_without_overlap_a_condition_decides_nothing_but_a_certificate_does():
    good = claim(
        Level.CONDITIONAL, 0.0, 0.1, assumptions=(declared("a", "…"),), id_="target_error.hdh.stumps"
    )
    assert decide([good], TOLERANCE, no_overlap=True).answer is Answer.UNDECIDED
    assert decide([DIRECT_GOOD], TOLERANCE, no_overlap=True).basis is Basis.CERTIFIED


def test_a_witness_decides_nothing():
    witness = Claim(
        id="target_error.witness",
        quantity="target_error",
        unit=Unit.ERROR,
        level=Level.WITNESS,
        lower=0.9,
        upper=1.0,
    )
    assert decide([witness], TOLERANCE).answer is Answer.UNDECIDED


def test_require_turns_works_into_undecided_but_never_hides_a_failure():
    held = decide([PANEL_GOOD], TOLERANCE, required=Basis.CERTIFIED)
    assert held.answer is Answer.UNDECIDED and "certified was required" in held.reason
    assert decide([PANEL_BAD], TOLERANCE, required=Basis.CERTIFIED).answer is Answer.FAILS
    assert decide([DIRECT_GOOD], TOLERANCE, required=Basis.CONDITIONAL).answer is Answer.WORKS


def test_blocks():
    assert decide([DIRECT_GOOD], TOLERANCE, blocked="one class").reason == "one class"
    far = decide([PANEL_GOOD], TOLERANCE, estimate_blocked="unlike all")
    assert far.answer is Answer.UNDECIDED and "unlike all" in far.reason
    assert decide([DIRECT_GOOD], TOLERANCE, estimate_blocked="unlike all").answer is Answer.WORKS


def test_a_drop_is_judged_by_drop_claims_only():
    drop = Requirement(value=0.05, quantity="error_drop", kind="max_drop")
    assert decide([DIRECT_GOOD], drop).answer is Answer.UNDECIDED
    small = claim(Level.PROVED, -0.1, 0.05, id_="error_drop.direct", quantity="error_drop")
    assert decide([small], drop).answer is Answer.WORKS


def test_exit_codes_and_order_of_bases():
    assert [a.exit_code for a in (Answer.WORKS, Answer.FAILS, Answer.UNDECIDED, Answer.NOT_COMPARABLE)] == [
        0,
        10,
        11,
        12,
    ]
    assert Basis.CERTIFIED.reaches(Basis.ESTIMATED) and not Basis.ESTIMATED.reaches(Basis.CONDITIONAL)


@pytest.mark.parametrize("claims", [[DIRECT_GOOD], [DIRECT_BAD], [DIRECT_OPEN], [PANEL_GOOD], []])
def test_reasons_are_one_sentence_on_one_line(claims):
    reason = decide(claims, TOLERANCE).reason
    assert reason and "\n" not in reason


@pytest.mark.parametrize(
    ("value", "kind", "title", "shown"),
    [
        (12_345.0, "tolerance", "the mean absolute error", "12,345"),
        (12_345.0, "max_drop", "the mean absolute error", "12,345"),
        (1_234_567.8, "tolerance", "the mean absolute error", "1,234,567.8"),
        (2007.5, "tolerance", "the mean absolute error", "2007.5"),
        (0.15004, "tolerance", "", "0.15004"),
        (0.1 + 0.2, "max_drop", "", "0.3"),
        (1 / 3, "majority_error", "", "0.3333"),
        (12_345.6, "majority_error", "the mean absolute error", "12,350"),
    ],
)
def test_what_is_required_is_told_as_it_was_given(value, kind, title, shown):
    """`--tolerance 12345` was told as 1.234e+04, less than what was judged."""
    requirement = Requirement(value=value, quantity="target_error", kind=kind, title=title)
    assert f"at most {shown}" in requirement.text
    assert requirement.shown == shown
