"""Every ordered pair of three data sets from other people's hands."""

import itertools

import numpy as np
import pytest

from whytransfer.problem import Encoder, Problem, check, make_splits

SETS = ["mushrooms", "heart_disease", "titanic_class"]
pytestmark = pytest.mark.shared


@pytest.mark.parametrize("form", ["parquet", "npz"])
@pytest.mark.parametrize("name", SETS)
def test_every_ordered_pair_is_read_checked_split_and_encoded(shared_data, name, form):
    files = sorted((shared_data / name).glob(f"*.{form}"))
    assert len(files) >= 2
    for source, target in itertools.permutations(files, 2):
        problem = Problem.read(source, target, label="label", use_target_labels=True)
        assert problem.mismatch is None
        assert check(problem, requirement=0.1).mismatch is None
        splits = make_splits(problem, np.random.default_rng(0))
        encoder = Encoder().fit(problem.source.take(splits.source_train))
        for sample in (problem.source, problem.target):
            encoded = encoder.transform(sample.rows)
            assert encoded.shape == (sample.n, len(encoder.feature_names_out))
            assert np.isfinite(encoded).all()


def test_a_class_that_the_source_has_not_is_a_mismatch(shared_data):
    batches = shared_data / "gas_drift"
    problem = Problem.read(batches / "batch3.npz", batches / "batch1.npz", label="y", use_target_labels=True)
    assert "5 not among the source's classes 0, 1, 2, 3, 4" in problem.mismatch
    assert (
        Problem.read(
            batches / "batch1.npz", batches / "batch3.npz", label="y", use_target_labels=True
        ).mismatch
        is None
    )


def test_pupils_who_stand_in_both_files_are_found(shared_data):
    files = shared_data / "student_subject"
    warnings = check(
        Problem.read(files / "math.parquet", files / "portuguese.parquet", label="label")
    ).warnings
    assert any("identical to source rows in every column" in warning for warning in warnings)


def test_raw_text_is_read(shared_data):
    files = shared_data / "spam_short"
    problem = Problem.read(files / "psy.csv.gz", files / "eminem.csv.gz", label="label")
    assert problem.source.names == ("text",)
    assert problem.mismatch is None
