"""An encoder that takes no time, and a cache of each test's own."""

import pytest

from tests.features.images import Fake


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("WHYTRANSFER_CACHE", str(folder))
    return folder


@pytest.fixture
def fake(monkeypatch):
    """The default encoder of images is the fake one."""
    encoder = Fake()
    for place in ("whytransfer.features.photos.image_encoder", "whytransfer.features.image_encoder"):
        monkeypatch.setattr(place, lambda name=None: encoder)
    return encoder
