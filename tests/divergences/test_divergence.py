"""The door: names, parameters, rows of every kind, and one clear line for what can't be used."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from whytransfer.divergences import (
    DIVERGENCES,
    MMD,
    Coral,
    HalfLine,
    Wasserstein1,
    divergence,
    divergences,
)
from whytransfer.errors import InputError, UnknownNameError

RNG = np.random.default_rng(0)
S, T = RNG.normal(size=(30, 2)), RNG.normal(size=(20, 2)) + 1


def test_names():
    assert divergences() == sorted(DIVERGENCES)
    assert set(divergences()) == {
        "half_line", "interval", "stump", "stump_pairs", "wasserstein1", "wasserstein", "sliced_wasserstein", "sinkhorn",
        "mmd", "energy", "domain_classifier", "coral", "second_moment", "central_moments", "total_variation",
        "jensen_shannon", "kl", "chi2", "half_planes", "label_total_variation", "dataset_distance",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: divergence("half_lin", S, T), UnknownNameError, "did you mean 'half_line'"),
        (lambda: divergence("half_line", S, T, bandwidth=1), InputError, "takes no parameters"),
        (lambda: divergence("mmd", S, T, width=1), InputError, "takes bandwidth"),
        (lambda: divergence(HalfLine(), S, T, width=1), InputError, "HalfLine"),
        (lambda: divergence("mmd", S, T, bandwidth=0), InputError, "above 0"),
        (lambda: divergence("wasserstein1", S, T, range=(1, 1)), InputError, "low < high"),
        (lambda: divergence("wasserstein1", S, T, range=-2), InputError, "above 0"),
        (lambda: divergence("wasserstein1", S, T, range=(0, 1)), InputError, r"values in \[0.0, 1.0\].*x0"),
        (lambda: divergence("wasserstein1", S, T, range=0.1), InputError, "no more than 0.1 apart"),
        (lambda: divergence("second_moment", S, T, radius=0.1), InputError, "norm at most 0.1"),
        (lambda: divergence("sliced_wasserstein", S, T, directions=0), InputError, "at least 1"),
        (lambda: divergence("stump_pairs", S, T, n_labels=1), InputError, "at least 2"),
        (lambda: divergence("half_line", S, T, delta=1.0), InputError, "delta"),
        (lambda: divergence("half_line", S, T, permutations=-1), InputError, "permutations"),
        (lambda: divergence("half_line", S, T, seed=-1), InputError, "seed"),
    ],
)
def test_bad_requests(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ([], T, "source: expected at least one row"),
        (S, np.empty((0, 2)), "target: expected at least one row"),
        (S, np.empty((3, 0)), "target: expected at least one row and one column"),
        (S, T[:, :1], "same columns: got 2 and 1"),
        ([[1.0, np.nan]], T, "source: expected finite numbers, got 1 missing.*'x1'"),
        (S, [[np.inf, -np.inf]], "got 2 missing or infinite values, the first in column 'x0'"),
        (pd.DataFrame({"a": [1.0], "b": [None]}), T, "'b'"),
        (S, [["a", "b"]], "target: expected numbers, got values of type"),
        (["1", "2"], [1, 2], "source: expected numbers"),
        (np.array([1, "2"], dtype=object), [1], "source: expected numbers"),
        (np.array([1, {}], dtype=object), [1], "objects that are none"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), [1], "source: expected numbers"),
        ([1 + 2j], [1], "source: expected numbers"),
        (np.zeros((2, 2, 2)), T, "3 dimensions"),
        (5.0, [1], "0 dimensions"),
        ([1e200], [1], "at most 1e\\+70"),
        (
            pd.DataFrame({"a": [1], "b": [2]}),
            pd.DataFrame({"b": [1], "a": [2]}),
            "'a' where the target has 'b'",
        ),
    ],
)
def test_bad_rows(source, target, message):
    with pytest.raises(InputError, match=message) as caught:
        divergence("half_line", source, target)
    assert "\n" not in str(caught.value)


COLUMNS = {"a": S[:, 0], "b": S[:, 1]}
FRAMES = {
    "pandas": pd.DataFrame(COLUMNS),
    "nullable": pd.DataFrame(COLUMNS).convert_dtypes(),
    "polars": pl.DataFrame(COLUMNS),
    "arrow": pa.table(COLUMNS),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_frames(frame):
    claim = divergence("interval", frame, T)
    assert claim.estimate == divergence("interval", S, T).estimate
    assert [column["name"] for column in claim.detail["columns"]] == ["a", "b"]


def test_other_rows():
    expected = divergence("energy", S, T).estimate
    assert divergence("energy", csr_array(S), T).estimate == expected
    assert divergence("energy", S.tolist(), [tuple(row) for row in T]).estimate == expected
    assert divergence("half_line", [True, False], [1, 2, 3]).estimate == 2 / 3
    assert divergence("half_line", pd.Series([1, 2], name="age"), [3]).detail["columns"][0]["name"] == "age"
    assert (
        divergence("half_line", S[:, 0], T[:, :1]).estimate
        == divergence("half_line", S[:, :1], T[:, 0]).estimate
    )


def test_a_large_sparse_matrix_is_refused():
    with pytest.raises(InputError, match=r"sparse.*reduce its columns"):
        divergence("energy", csr_array((1000, 100_000)), T)


@pytest.mark.parametrize("name", DIVERGENCES)
def test_claims_are_json_and_repeat(name):
    before = S.copy(), T.copy()
    first = divergence(name, S, T, permutations=9, seed=3).to_dict()
    text = json.dumps(first, allow_nan=False)
    assert text == json.dumps(divergence(name, S, T, permutations=9, seed=3).to_dict(), allow_nan=False)
    np.testing.assert_array_equal(before[0], S)
    np.testing.assert_array_equal(before[1], T)


@pytest.mark.parametrize("name", DIVERGENCES)
@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 5), (2, 2)])
def test_tiny_samples(name, n, m):
    claim = divergence(name, S[:n], T[:m], permutations=5)
    assert claim.p_value is None or claim.p_value >= 1 / 6
    if min(n, m) == 1:
        assert claim.lower is None
        assert claim.detail["reason"]


def test_a_covariance_needs_two_rows():
    assert divergence("coral", S[:1], T).estimate is None
    with pytest.raises(InputError, match="two rows"):
        Coral().between(S[:1], T)


def test_objects_carry_their_parameters():
    assert divergence(MMD(bandwidth=0.5), S, T) == divergence("mmd", S, T, bandwidth=0.5)
    assert MMD(bandwidth=2).bandwidth == 2.0
    assert Wasserstein1(range=[0, 2]).range == (0.0, 2.0)


@pytest.mark.parametrize("name", [name for name in divergences() if not DIVERGENCES[name].of_labels])
def test_no_relabelling_is_computed_unless_asked(name, monkeypatch):
    """Not one: whoever asks for relabellings when none are wanted is caught, and so is the test that works without them."""
    kind = DIVERGENCES[name]
    rng = np.random.default_rng(3)
    columns = 2 if name == "half_planes" else 3
    Xs, Xt = rng.normal(size=(40, columns)), rng.normal(size=(30, columns))

    def asked(*arguments, **options):
        raise AssertionError("relabelled")

    monkeypatch.setattr(kind, "relabel", asked)
    assert divergence(name, Xs, Xt).p_value is None
    with pytest.raises(AssertionError, match="relabelled"):
        divergence(name, Xs, Xt, permutations=9)


def test_without_permutations_there_is_no_p_value():
    claim = divergence("half_line", S, T)
    assert claim.p_value is None
    assert claim.detail["permutations"] == 0


def test_constant_columns():
    for name in DIVERGENCES:
        labels = {"ys": [0] * 6, "yt": [0] * 5} if DIVERGENCES[name].of_labels else {}
        claim = divergence(name, np.ones((6, 2)), np.ones((5, 2)), permutations=9, **labels)
        assert claim.estimate == DIVERGENCES[name].laws.on_itself
        assert claim.p_value == 1.0
