"""One clean pair a test, and what the clean pair is answered."""

import pytest

from tests.robustness.material import Pair, answer, audit


@pytest.fixture
def pair(tmp_path):
    return Pair.written(tmp_path)


@pytest.fixture(scope="session")
def clean(tmp_path_factory):
    """The answer to the clean pair."""
    pair = Pair.written(tmp_path_factory.mktemp("clean"))
    assert audit(*pair.paths, "--json", pair.folder / "audit.json") in (0, 10, 11)
    return answer(pair.folder / "audit.json")
