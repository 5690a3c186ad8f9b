"""Limits from planned labels keep their promise, and the ways people would use instead don't."""

import numpy as np
import pytest

from tests.simulations.labels import paired_candidates, skipped_labels, watched_limits


@pytest.mark.parametrize(
    ("section", "repeats"),
    [(watched_limits, 20), (skipped_labels, 12), (paired_candidates, 60)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_quickly(section, repeats):
    found = section(np.random.SeedSequence(7), repeats=repeats)
    assert found.complaints == ()
    assert found.controls
