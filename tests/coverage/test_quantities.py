"""Limits of weighted rows and of errors of a quantity keep their promise, and the ways people would use instead don't."""

import numpy as np
import pytest

from tests.simulations.quantities import quantity_limits, weighted_limits


@pytest.mark.parametrize("section", [weighted_limits, quantity_limits], ids=lambda value: value.__name__)
def test_quickly(section):
    found = section(np.random.SeedSequence(7), repeats=40, sizes=(20,))
    assert found.complaints == ()
    assert found.controls
