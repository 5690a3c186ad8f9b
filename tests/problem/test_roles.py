"""Groups, times and weights."""

import numpy as np
import pandas as pd
import pytest

from whytransfer.errors import InputError
from whytransfer.problem import Problem

X = np.arange(4.0)


def problem(**roles):
    return Problem(X, [0, 1, 0, 1], X[:2], **roles)


@pytest.mark.parametrize(
    "groups", [[7, 7, 8, 9], [7.0, 7.0, 8.0, 9.0], ["7", "7", "8", "9"], pd.Categorical([7, 7, 8, 9])]
)
def test_groups_are_names(groups):
    assert problem(groups=(groups, None)).source.groups.tolist() == ["7", "7", "8", "9"]
    assert problem(groups=(groups, None)).target.groups is None


def test_a_row_without_group_stands_alone():
    found = problem(groups=([1, None, None, 1], None))
    assert len(set(found.source.groups)) == 3
    assert found.source.groups[[0, 3]].tolist() == ["1", "1"]
    assert found.warnings == ("source groups: 2 of 4 rows have no group; each counts as a group of its own",)


def test_times_can_be_sorted():
    found = problem(time=(["2020-01-02", "2020-01-01", None, "2019-12-31"], [3, 1]))
    assert found.source.time.dtype == "datetime64[us]"
    assert np.argsort(found.source.time[[0, 1, 3]]).tolist() == [2, 1, 0]
    assert np.isnat(found.source.time[2])
    assert found.target.time.tolist() == [3.0, 1.0]
    assert found.warnings == ("source times: 1 of 4 rows have no time",)


def test_text_that_is_no_time():
    with pytest.raises(InputError, match="source times.*expected numbers or dates"):
        problem(time=(["yesterday", "a", "b", "c"], None))


def test_weights_are_kept():
    found = problem(weights=([1, 2, 0, 3], None))
    assert found.source.weights.tolist() == [1.0, 2.0, 0.0, 3.0]
    assert found.source.weights.dtype == np.float64


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, -1, 1, 1], "row 1 has the weight -1.0"),
        ([1, 1, np.nan, 1], "row 2 has the weight nan"),
        ([np.inf, 1, 1, 1], "row 0 has the weight inf"),
        ([1, 1, 1, None], "row 3 has the weight nan"),
        (["1", "a", "1", "1"], "row 1 has the weight nan"),
        ([0, 0, 0, 0], "all are zero"),
        ([1, 1], "2 values for 4 rows"),
    ],
)
def test_weights_that_are_none(weights, words):
    with pytest.raises(InputError, match=f"source weights: {words}"):
        problem(weights=(weights, None))


def test_a_role_in_one_file_only():
    here = pd.DataFrame({"x": X, "y": [0, 1, 0, 1], "g": ["007", "7", "8", "8"]})
    found = Problem.read(here, here[["x"]], label="y", group="g")
    assert found.source.groups.tolist() == ["007", "7", "8", "8"]
    assert found.warnings == ("the groups column 'g' is in the source only",)
    assert found.source.names == ("x",)


def test_groups_of_a_text_file_keep_their_zeros(tmp_path):
    (tmp_path / "a.csv").write_text("x,y,g\n1,0,007\n2,1,7\n")
    found = Problem.read(tmp_path / "a.csv", tmp_path / "a.csv", label="y", group="g")
    assert found.source.groups.tolist() == ["007", "7"]


def test_roles_of_an_npz(tmp_path):
    np.savez(tmp_path / "a.npz", X=X, y=[0, 1, 0, 1], site=[1, 1, 2, 2], when=[4, 3, 2, 1])
    found = Problem.read(tmp_path / "a.npz", tmp_path / "a.npz", label="y", group="site", time="when")
    assert found.source.groups.tolist() == ["1", "1", "2", "2"]
    assert found.source.time.tolist() == [4.0, 3.0, 2.0, 1.0]
    assert found.source.names == ("x0",)


def test_the_text_that_is_no_date_is_shown():
    times = ["2024-01-01", "soon", "2024-13-45"]
    with pytest.raises(InputError, match="source times: 'soon' is no date, expected numbers or dates"):
        Problem([[1.0], [2.0], [3.0]], [0, 1, 0], [[1.0]], time=(times, None))
