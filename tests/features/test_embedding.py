"""Features by content: independent of order, batch, cores and cache."""

from dataclasses import replace

import numpy as np
import pytest

from tests.features.images import BROKEN, Fake, folder_of
from whytransfer.errors import InputError
from whytransfer.features import embed, embedding, list_images, refuse_unusable
from whytransfer.features.cache import Cache


@pytest.fixture
def listing(tmp_path):
    return list_images(folder_of(tmp_path / "images", ("a", "b"), count=4, level=0.2))


def test_features_do_not_depend_on_order_batch_or_cores(listing, monkeypatch):
    found = embed(listing, Fake()).features
    assert found.shape == (8, 12) and len(np.unique(found, axis=0)) == 8
    turned = replace(listing, paths=listing.paths[::-1], names=listing.names[::-1])
    assert np.array_equal(embed(turned, Fake()).features[::-1], found)
    monkeypatch.setattr(embedding, "BATCH", 3)
    monkeypatch.setenv("NUMBA_NUM_THREADS", "3")
    told = []
    assert np.array_equal(embed(listing, Fake(), progress=lambda *at: told.append(at)).features, found)
    assert told == [(3, 8), (6, 8), (8, 8)]


def test_content_is_embedded_once(listing, cache):
    first, again = Fake(), Fake()
    found = embed(listing, first, cache=cache)
    # Two images are copies of each other under other names: content decides.
    listing.paths[0].with_name("copy.png").write_bytes(listing.paths[0].read_bytes())
    more = list_images(listing.paths[0].parents[1])
    assert np.array_equal(
        embed(more, again, cache=cache).features[[0, *range(1, 4), *range(5, 9)]], found.features
    )
    assert first.calls == 8 and again.calls == 0


def test_a_damaged_cache_is_worked_out_again(listing, cache):
    found = embed(listing, Fake(), cache=cache).features
    files = [p for p in cache.rglob("*") if p.is_file()]
    assert len(files) == 8
    files[0].write_bytes(files[0].read_bytes()[:-1] + b"\xff")
    files[1].write_bytes(b"")
    encoder = Fake()
    assert np.array_equal(embed(listing, encoder, cache=cache).features, found)
    assert encoder.calls == 2


def test_without_a_place_to_keep_them_features_are_the_same(listing, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    assert np.array_equal(embed(listing, Fake(), cache=blocked).features, embed(listing, Fake()).features)


def test_encoders_do_not_share_features(tmp_path):
    one = Cache(tmp_path, "a" * 64, (2,))
    one.put("d" * 64, np.ones(2))
    assert Cache(tmp_path, "b" * 64, (2,)).get("d" * 64) is None
    assert Cache(tmp_path, "a" * 64, (3,)).get("d" * 64) is None
    assert one.get("d" * 64).tolist() == [1.0, 1.0]


def test_broken_images_are_named_refused_or_skipped(listing):
    place = listing.paths[0].parent
    for kind in ("empty", "truncated_jpeg", "one_pixel"):
        (place / f"{kind}.jpg").write_bytes(BROKEN[kind][0])
    found = embed(list_images(place.parent), Fake())
    assert set(found.skipped) == {"a/empty.jpg", "a/truncated_jpeg.jpg", "a/one_pixel.jpg"}
    assert len(found.features) == 8
    with pytest.raises(InputError, match=r"3 images can't be used: source: a/empty.jpg \(empty file\)"):
        refuse_unusable([("source", found)], skip=False)
    (said,) = refuse_unusable([("source", found)], skip=True)
    assert said.startswith("source: 3 of 11 images were skipped: a/empty.jpg (empty file); ")


def test_features_that_are_not_finite_are_told(listing):
    class Mad(Fake):
        def encode(self, pixels):
            return np.full(12, np.nan, dtype=np.float32)

    found = embed(listing, Mad())
    assert len(found.skipped) == 8
    with pytest.raises(InputError, match="none of the images can be used"):
        refuse_unusable([("source", found)], skip=True)
