"""Fixtures and profiles of the whole suite."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# CI and every developer run the same examples; `HYPOTHESIS_PROFILE=random` searches for new ones.
settings.register_profile(
    "fixed", derandomize=True, deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "random", deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The benchmark data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"the benchmark data are not at {SHARED}")
    return SHARED
