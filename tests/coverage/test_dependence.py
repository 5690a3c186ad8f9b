"""Limits by groups and by blocks keep their promise where rows depend on each other; limits for independent rows don't."""

import numpy as np
import pytest

from tests.simulations.dependence import dependent_errors, dependent_terms, errors_in_time
from tests.simulations.grouped_certificates import grouped_certificates

FAINT = "importance_weighting, cortes, by rows: the control never failed, so nothing was tested"
"""It misses 9 % where 5 % are promised (docs/theory/coverage.md): seen in 2,000 draws, not in so few."""


@pytest.mark.parametrize(
    ("section", "repeats"),
    [(dependent_errors, 60), (errors_in_time, 100), (dependent_terms, 40), (grouped_certificates, 120)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_quickly(section, repeats):
    found = section(np.random.SeedSequence(7), repeats=repeats)
    assert set(found.complaints) <= ({FAINT} if section is grouped_certificates else set())
    assert found.controls
