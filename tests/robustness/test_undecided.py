"""Too little to say anything about: UNDECIDED, told in one sentence."""

import numpy as np
import pandas as pd
import pytest

from tests.robustness.material import audit

EMPTY = pd.DataFrame(np.nan, index=range(60), columns=["a", "b", "colour"])


def one_row_source(pair):
    return pair.csv("x.csv", pair.source[:1]), pair.paths[1]


def one_row_target(pair):
    return pair.paths[0], pair.csv("x.csv", pair.target[:1])


def two_row_target(pair):
    return pair.paths[0], pair.csv("x.csv", pair.target[:2])


def one_class(pair):
    return pair.csv("x.csv", pair.source.assign(y="no")), pair.paths[1]


def constant_target(pair):
    return pair.paths[0], pair.csv("x.csv", pair.target.iloc[[0] * 60])


def all_missing_target(pair):
    return pair.paths[0], pair.csv("x.csv", EMPTY)


def all_missing_source(pair):
    return pair.csv("x.csv", EMPTY.assign(y=pair.source["y"])), pair.paths[1]


UNDECIDED = {
    f.__name__: f
    for f in (
        one_row_source, one_row_target, two_row_target, one_class, constant_target, all_missing_target, all_missing_source
    )
}  # fmt: skip


@pytest.mark.parametrize("row", UNDECIDED)
def test_nothing_is_decided(row, pair, capsys):
    # Every error is below .99: only a refusal to decide keeps the answer from WORKS.
    assert audit(*UNDECIDED[row](pair), "--tolerance", 0.99) in (11, 12)
    said = capsys.readouterr()
    assert said.out.startswith(("UNDECIDED", "NOT COMPARABLE"))
    assert "Traceback" not in said.err
