"""Limits from planned labels keep their promise, and the ways people would use instead don't."""

import numpy as np
import pytest

from tests.simulations.labels import paired_candidates, skipped_labels, watched_limits


@pytest.mark.parametrize(
    ("section", "options"),
    [
        (watched_limits, {"repeats": 80, "sizes": (100,)}),
        (skipped_labels, {"repeats": 40, "errors": (0.4,)}),
        (paired_candidates, {"repeats": 200}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_quickly(section, options):
    found = section(np.random.SeedSequence(7), **options)
    assert found.complaints == ()
    assert found.controls
