"""No sentence about a break-even promises more than its number: what may be is rounded down."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit import cases
from tests.audit.test_bounds import ASSERTED, worked_out
from whytransfer.steps.break_even import in_words, pairs_in_words

PROMISES = (
    r"(?:at most|within [a-zχ²\-– A-Z]+|differ by|more than|moved by) (−?[\d.,]+(?:e[+-]?\d+)?)(?![%\d])"
)

pytestmark = pytest.mark.usefixtures("without_back_test")


@given(even=st.floats(0.0, 1.0))
def test_a_largest_adaptability_is_never_said_larger(even):
    said = in_words("bound", "stumps", even, 0.05, None)
    assert float(re.search(r"is at most ([\d.]+)$", said).group(1)) <= even + 1e-12
    # Out of reach is said of what is out of reach: the figure is no smaller than the number.
    beyond = in_words("bound", "stumps", even, 0.05, even + 0.01)
    assert float(re.search(r"at most ([\d.]+), and", beyond).group(1)) >= even - 1e-12


@given(sigma=st.floats(0.0, 0.5), tau=st.floats(0.0, 0.5))
def test_a_pair_is_never_said_larger(sigma, tau):
    said = pairs_in_words("stumps", [(sigma, tau)], 0.05)
    shown = [float(x) for x in re.findall(r"[στ] = ([\d.]+)", said)]
    assert shown[0] <= sigma + 1e-12 and shown[1] <= tau + 1e-12


@pytest.mark.parametrize(
    "name",
    ["ball", "labelling_functions", "support", "transport_labels", "pac_bayes_da", "mansour"],
)
def test_what_the_rest_may_be_is_rounded_down(name):
    _, _, made = worked_out(
        cases.unlabelled(400, 400), assume=ASSERTED.get(name), theorems=[name], tolerance=0.87123
    )
    told = [even for even in made.break_even if even.value is not None and even.value > 0]
    assert told
    for even in told:
        shown = float(re.findall(PROMISES, even.text)[-1].replace("−", "-").replace(",", ""))
        assert shown <= even.value + 1e-12, even.text
        assert shown == pytest.approx(even.value, rel=0.01, abs=0.001), even.text
