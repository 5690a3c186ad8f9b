"""Equal content, equal digest; different content, different digest."""

import datetime as dt
import hashlib

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from whytransfer.io import digest_of_array, digest_of_frame, digest_of_parts, digest_of_sparse


def test_parts_are_hashed_with_their_lengths():
    expected = hashlib.sha256(
        (1).to_bytes(8, "little") + b"a" + (2).to_bytes(8, "little") + b"bc"
    ).hexdigest()
    assert digest_of_parts(["a", b"bc"]) == expected


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8", "float32", "float64", "bool"])
def test_the_width_of_numbers_does_not_matter(dtype):
    assert digest_of_array(np.array([0, 1, 1], dtype=dtype)) == digest_of_array(np.array([0.0, 1.0, 1.0]))


def test_large_whole_numbers_are_not_rounded():
    assert digest_of_array(np.array([2**53])) != digest_of_array(np.array([2**53 + 1]))
    assert digest_of_array(np.array([2**63 + 1], dtype=np.uint64)) != digest_of_array(
        np.array([2**63], dtype=np.uint64)
    )
    a, b = (pd.DataFrame({"k": pd.array([2**53 + i, None], dtype="Int64")}) for i in (0, 1))
    assert digest_of_frame(a) != digest_of_frame(b)


def test_shape_order_and_names_matter():
    X = np.arange(6.0)
    assert digest_of_array(X.reshape(2, 3)) != digest_of_array(X.reshape(3, 2))
    a = pd.DataFrame({"x": [1, 2], "y": [1, 2]})
    assert digest_of_frame(a) != digest_of_frame(a[["y", "x"]])
    assert digest_of_frame(a) != digest_of_frame(a.iloc[::-1])
    assert digest_of_frame(a) == digest_of_frame(a.set_axis([7, 8]))


def test_every_missing_value_is_one_and_every_nan_too():
    odd = np.array([np.nan, -np.nan])
    odd.view(np.uint64)[0] |= np.uint64(1)
    assert digest_of_array(odd) == digest_of_array(np.full(2, np.nan))
    forms = ([None, "a"], [np.nan, "a"], [pd.NA, "a"], [pd.NaT, "a"])
    assert len({digest_of_frame(pd.DataFrame({"s": pd.Series(f, dtype=object)})) for f in forms}) == 1


def test_text_is_hashed_cell_by_cell():
    assert digest_of_array(np.array(["ab", "c"])) != digest_of_array(np.array(["a", "bc"]))
    assert digest_of_array(np.array(["", "c"], dtype=object)) != digest_of_array(
        np.array([None, "c"], dtype=object)
    )
    assert digest_of_array(np.array(["a", "b"])) == digest_of_array(np.array(["a", "b"], dtype=object))


def test_moments_are_hashed_whatever_their_resolution_or_zone():
    when = pd.Series([dt.datetime(2020, 1, 1, 12), pd.NaT])
    digests = {
        digest_of_frame(pd.DataFrame({"t": when.astype(f"datetime64[{unit}]")}))
        for unit in ("s", "ms", "us", "ns")
    }
    digests.add(digest_of_frame(pd.DataFrame({"t": when.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")})))
    assert len(digests) == 1


def test_sparse_form_does_not_matter():
    X = np.array([[0.0, 2.0], [3.0, 0.0]])
    stored = sparse.csr_array(
        (np.array([2.0, 0.0, 3.0]), np.array([1, 0, 0]), np.array([0, 2, 3])), shape=(2, 2)
    )
    before = stored.data.copy()
    assert (
        len({digest_of_sparse(form(X)) for form in (sparse.csr_array, sparse.csc_matrix, sparse.coo_array)})
        == 1
    )
    assert digest_of_sparse(stored) == digest_of_sparse(sparse.csr_array(X))
    assert (stored.data == before).all()
    assert digest_of_sparse(sparse.csr_array(X.T)) != digest_of_sparse(sparse.csr_array(X))
