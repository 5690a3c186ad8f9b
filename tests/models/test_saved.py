"""Models in files: skops in, everything else refused unopened."""

import json
import pickle
import zipfile

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

import whytransfer as wt
from whytransfer.models.learners import learner
from whytransfer.models.saved import load_model, save_model


def frame(n=80, seed=0):
    rng = np.random.default_rng(seed)
    number = rng.normal(size=n)
    table = pd.DataFrame(
        {
            "number": number,
            "gaps": np.where(rng.random(n) < 0.2, np.nan, number),
            "colour": rng.choice(list("rgb"), n),
        }
    )
    return table, np.where(number > 0, "yes", "no")


@pytest.mark.parametrize("name", ["logistic", "boosted", "stump", "tree2"])
def test_a_learner_comes_back_as_it_went(name, tmp_path):
    path = tmp_path / "model.skops"
    model = learner(name).fit(*frame())
    save_model(model, path)
    again, rows = load_model(path), frame(seed=1)[0]
    assert np.array_equal(again.predict(rows), model.predict(rows))
    assert np.array_equal(again.predict_proba(rows), model.predict_proba(rows))
    assert [p.name for p in tmp_path.iterdir()] == ["model.skops"]


def test_a_plain_scikit_learn_model_comes_back(tmp_path):
    table, y = frame()
    model = LogisticRegression().fit(table[["number"]].to_numpy(), y)
    skops.io.dump(model, tmp_path / "m.skops")
    assert np.array_equal(load_model(tmp_path / "m.skops").coef_, model.coef_)


class Bomb:
    """Unpickling it would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def pickled(path, bomb):
    path.write_bytes(pickle.dumps(bomb))


def joblibbed(path, bomb):
    joblib.dump(bomb, path)


def compressed(path, bomb):
    joblib.dump(bomb, path, compress=("zlib", 3))


def zipped(path, bomb):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.pkl", pickle.dumps(bomb))


def torch_like(path, bomb):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(bomb))
        archive.writestr("schema.json", "{}")


def numpy_archive(path, bomb):
    with path.open("wb") as stream:
        np.savez(stream, X=np.array([bomb], dtype=object))


@pytest.mark.parametrize("write", [pickled, joblibbed, compressed, zipped, torch_like, numpy_archive])
@pytest.mark.parametrize("suffix", [".skops", ".pkl"])
def test_pickles_of_any_wrapping_are_refused_unopened(write, suffix, tmp_path):
    path, trace = tmp_path / f"model{suffix}", tmp_path / "exploded"
    write(path, Bomb(trace))
    with pytest.raises(wt.InputError) as refused:
        load_model(path)
    assert not trace.exists()
    assert "\n" not in str(refused.value) and str(path) in str(refused.value)


def test_the_bomb_would_have_gone_off(tmp_path):
    path, trace = tmp_path / "model.pkl", tmp_path / "exploded"
    pickled(path, Bomb(trace))
    pickle.loads(path.read_bytes()).close()
    assert trace.exists()


def test_types_from_elsewhere_are_named_and_refused(tmp_path):
    path = tmp_path / "m.skops"
    skops.io.dump(FunctionTransformer(json.dumps), path)
    with pytest.raises(wt.InputError, match="json"):
        load_model(path)


def test_a_file_that_would_run_code_is_refused(tmp_path):
    path, trace = tmp_path / "m.skops", tmp_path / "exploded"
    X, y = np.arange(20.0)[:, None], np.arange(20) % 2
    code = f"__import__('pathlib').Path({str(trace)!r}).write_text('x')"
    steps = [
        ("nothing", FunctionTransformer(np.take, kw_args={"indices": []})),
        ("code", FunctionTransformer(max, kw_args={"default": code})),
        ("run", FunctionTransformer(eval)),
        ("classify", LogisticRegression().fit(X, y)),
    ]
    skops.io.dump(Pipeline(steps), path)
    refused = False
    try:
        load_model(path).predict(X)
    except wt.InputError:
        refused = True
    except ValueError:
        # The code has run, and what it returned is no table.
        refused = False
    assert refused and not trace.exists()


@pytest.mark.parametrize("name", ["sklearnish.evil", "numpyx.run", "whytransfer2.x"])
def test_a_package_whose_name_only_begins_alike_is_not_trusted(name):
    from whytransfer.models.saved import TRUSTED

    assert not name.startswith(TRUSTED)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"text"])
def test_what_is_no_archive_is_refused(content, tmp_path):
    path = tmp_path / "m.skops"
    path.write_bytes(content)
    with pytest.raises(wt.InputError, match="skops"):
        load_model(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "nowhere.skops", tmp_path):
        with pytest.raises(wt.InputError) as refused:
            load_model(path)
        assert "\n" not in str(refused.value)


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "m.skops"
    skops.io.dump(LogisticRegression(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(wt.InputError):
        load_model(path)


def test_saving_over_a_file_replaces_it_whole_and_into_nowhere_fails(tmp_path):
    path = tmp_path / "m.skops"
    path.write_text("old")
    save_model(LogisticRegression(C=0.5), path)
    assert load_model(path).C == 0.5
    with pytest.raises((wt.InputError, OSError)):
        save_model(LogisticRegression(), tmp_path / "no" / "m.skops")


def test_a_loaded_model_is_audited_like_the_one_that_was_saved(tmp_path):
    (source, ys), (target, yt) = frame(), frame(seed=1)
    problem = wt.Problem(source, ys, target, yt)
    first = wt.audit(problem, theorems=[], tolerance=0.5)
    save_model(first.model, tmp_path / "m.skops")
    again = wt.audit(
        problem,
        model=load_model(tmp_path / "m.skops"),
        trained_on_source=False,
        theorems=[],
        tolerance=0.5,
    )
    for id_ in ("source_error", "target_error.direct", "target_error.ac"):
        assert again.claim(id_).estimate == first.claim(id_).estimate


def test_a_model_is_not_saved_under_the_name_of_another_format(tmp_path):
    with pytest.raises(wt.InputError, match="ends in .skops"):
        save_model(LogisticRegression(), tmp_path / "model.pkl")
    assert not list(tmp_path.iterdir())
