"""A baseline audits like the files it was made of; it keeps what it says it keeps, and its file can run nothing."""

import io
import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import whytransfer as wt
from whytransfer.baseline.parts import kept_of, kept_parts
from whytransfer.baseline.rows import PARTS, Kept, drawn
from whytransfer.problem import make_splits
from whytransfer.report.validate import validate

HURRY = {"time_budget": 0}
"""The kind of shift, bounds and columns by harm are left out: they read what the other steps read."""


def frame(n, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n) + shift
    table = pd.DataFrame(
        {
            "x": x,
            "n": rng.integers(0, 9, n),
            "odd": rng.random(n) < 0.5,
            "word": rng.choice(["a", "b", None], n),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, n), unit="D"),
            "site": rng.choice(["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"], n),
        }
    )
    table.loc[0, "x"] = np.nan
    return table.assign(y=np.where(x + 0.3 * rng.normal(size=n) > 0, "yes", "no"))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("baseline")
    paths = {"source": folder / "source.csv", "target": folder / "target.csv"}
    frame(48, 1).to_csv(paths["source"], index=False)
    frame(40, 2, 0.5).to_csv(paths["target"], index=False)
    return paths | {"folder": folder}


@pytest.fixture(scope="module")
def saved(files):
    path = files["folder"] / "nightly.baseline"
    wt.Baseline.fit(files["source"], "stump", label="y").save(path)
    return path


@pytest.fixture(scope="module")
def of_files(files):
    problem = wt.Problem.read(files["source"], files["target"], "y", use_target_labels=True)
    return problem, wt.audit(problem, "stump", tolerance=0.3, **HURRY)


def test_it_audits_as_the_files_do_to_the_last_digit(files, saved, of_files):
    problem, direct = of_files[0], of_files[1].document
    nightly = wt.Baseline.load(saved).audit(files["target"], tolerance=0.3, use_target_labels=True, **HURRY)
    told = json.loads(nightly.to_json())
    assert told["provenance"].pop("baseline") == {
        "rows": 48,
        "kept": 48,
        "digest": problem.source.digest,
        "seed": 0,
        "trained_on_source": None,
    }
    assert told == json.loads(json.dumps(direct))
    assert nightly.model.predict(frame(5, 3).drop(columns="y")).shape == (5,)


def restored(problem, rows=None):
    splits = make_splits(problem, np.random.default_rng(0))
    kept = Kept.of(problem, splits, drawn(problem, splits, rows, 0))
    return kept, kept_of(*kept_parts(kept)), splits


SOURCES = {
    "frame": (frame(50, 1).drop(columns="y"), frame(50, 1)["y"]),
    "array": (np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 3),
    "sparse": (csr_matrix(np.eye(50)[:, :7]), (np.arange(50) % 2).astype(bool)),
    "objects": (np.array([["a", "b"]] * 25 + [["b", "c"]] * 25, dtype=object), [0.5, 1.5] * 25),
    "partly": (frame(50, 1)[["x", "word"]], ["yes", None, "no", "yes", "no"] * 10),
}


@pytest.mark.parametrize("name", SOURCES)
def test_kept_rows_come_back_as_they_were(name):
    X, y = SOURCES[name]
    known = {
        "groups": (np.arange(50) // 2, None),
        "time": (np.arange(50.0), None),
        "weights": (np.ones(50), None),
    }
    problem = wt.Problem(X, y, X[:10], task="classification", **known)
    kept, again, splits = restored(problem)
    made = again.problem(X[:10], dict.fromkeys(("groups", "time", "weights")), None, use_target_labels=False)
    assert (
        made.source.digest
        == problem.source.digest
        == kept.problem(X[:10], {}, None, use_target_labels=False).source.digest
    )
    assert made.digest == problem.digest and made.mismatch is None
    assert made.classes.tolist() == problem.classes.tolist() and made.label_name is None
    for part in PARTS:
        assert again.parts[part].tolist() == getattr(splits, part).tolist()


def test_roles_of_the_target_are_read_by_name():
    source, target = frame(50, 1), frame(30, 2)
    problem = wt.Problem.read(source, target, "y", group="site", time="day")
    _, again, _ = restored(problem)
    columns = {"groups": "site", "time": "day", "weights": None}
    made = again.problem(target, columns, None, use_target_labels=True)
    assert made.source.digest == problem.source.digest
    assert made.target.groups.tolist() == target["site"].tolist() and made.source.groups is not None
    assert made.target.n == 30 and (made.target.time == problem.target.time).all()
    of_problem = again.problem(wt.Problem.read(source, target, "y", use_target_labels=True, group="site", time="day"), {}, None, use_target_labels=False)  # fmt: skip
    assert of_problem.target.digest == made.target.digest


def test_fewer_rows_are_drawn_from_each_part_and_groups_stay_whole():
    rng = np.random.default_rng(3)
    problem = wt.Problem(rng.normal(size=(400, 2)), rng.integers(0, 2, 400), rng.normal(size=(5, 2)))
    kept, _, splits = restored(problem, 100)
    shares = [len(kept.parts[part]) for part in PARTS]
    assert shares == [round(100 * len(getattr(splits, part)) / 400) for part in PARTS] and kept.n == sum(
        shares
    )
    chosen = drawn(problem, splits, 100, 0)
    for part in PARTS:
        assert set(chosen[kept.parts[part]]) <= set(getattr(splits, part))
    grouped = wt.Problem(rng.normal(size=(400, 2)), rng.integers(0, 2, 400), rng.normal(size=(5, 2)), groups=(np.arange(400) // 4, None))  # fmt: skip
    splits = make_splits(grouped, np.random.default_rng(0))
    rows = drawn(grouped, splits, 100, 0)
    assert (np.bincount(rows // 4)[np.unique(rows // 4)] == 4).all() and 100 <= len(rows) < 112


def test_what_could_not_be_kept_is_refused():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 1)), np.r_[np.zeros(298), 1, 2]
    problem = wt.Problem(X, y, X[:5])
    with pytest.raises(wt.InputError, match="no row of the class"):
        wt.Baseline.fit(problem, "stump", rows=10)
    with pytest.raises(wt.InputError, match="rows with times"):
        wt.Baseline.fit(wt.Problem(X, y, X[:5], time=(np.arange(300), None)), "stump", rows=10)
    with pytest.raises(wt.InputError, match="label="):
        wt.Baseline.fit(frame(30, 1))
    with pytest.raises(wt.InputError, match="no Problem"):
        wt.Baseline.fit(problem, label="y")


def test_what_was_left_out_is_said_and_a_mismatch_is_seen(files, saved):
    few = wt.Baseline.fit(files["source"], "stump", label="y", rows=30)
    audit = few.audit(frame(30, 1)[["x", "y"]])
    assert audit.verdict.answer is wt.Answer.NOT_COMPARABLE
    assert "the source is a baseline of 30 of its 48 rows, drawn at random" in audit.warnings
    assert audit.document["provenance"]["baseline"]["kept"] == 30


def test_a_given_model_keeps_what_is_known_of_its_training(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 2))
    y = (X[:, 0] + rng.normal(size=120) > 0).astype(int)
    problem = wt.Problem(X, y, X[:5])
    deep = DecisionTreeClassifier(random_state=0).fit(X, y)
    for trained, status in ((None, "rejected"), (False, "declared")):
        wt.Baseline.fit(problem, deep, trained_on_source=trained).save(tmp_path / "b")
        assert wt.Baseline.load(tmp_path / "b").taught.not_trained.status == status
    wt.Baseline.fit(problem, deep, trained_on_source=True).save(tmp_path / "b")
    again = wt.Baseline.load(tmp_path / "b")
    found = again.taught.asked(problem)
    assert found.subject.kind == "refit" and (found.subject.certified.codes == y[:5]).all()
    assert (again.model.predict(X) != y).any()


def test_the_same_baseline_is_the_same_content_and_holds_no_path(files, saved):
    path = files["folder"] / "again.baseline"
    wt.Baseline.load(saved).save(path)
    contents = []
    for file in (saved, path):
        with zipfile.ZipFile(file) as archive:
            contents.append({name: archive.read(name) for name in archive.namelist()})
    about = [json.loads(content.pop("baseline.json")) for content in contents]
    for told, content in zip(about, contents, strict=True):
        # skops numbers the objects of a model by their place in memory.
        del told["parts"]["model.skops"], content["model.skops"]
    assert about[0] == about[1] and contents[0] == contents[1]
    assert str(files["folder"]) not in json.dumps(about[0])


def _rewritten(saved, changed):
    out = io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = changed(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


class Evil:
    def __reduce__(self):
        return (print, ("run",))


HOSTILE = {
    "no file at all": lambda saved: b"nothing",
    "a pickle": lambda saved: pickle.dumps(Evil()),
    "another schema": lambda saved: _rewritten(saved, lambda n, c: c.replace(b"baseline/1", b"baseline/9") if n == "baseline.json" else c),
    "a part changed": lambda saved: _rewritten(saved, lambda n, c: c[:-1] + b"\1" if n == "labels.npy" else c),
    "a part missing": lambda saved: _rewritten(saved, lambda n, c: None if n == "labels.npy" else c),
    "no JSON": lambda saved: _rewritten(saved, lambda n, c: b"{" if n == "baseline.json" else c),
    "truncated": lambda saved: saved.read_bytes()[:-500],
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_any_other_file_is_refused_in_one_line(name, saved, tmp_path, capsys):
    path = tmp_path / "b"
    path.write_bytes(HOSTILE[name](saved))
    with pytest.raises(wt.InputError) as error:
        wt.Baseline.load(path)
    assert "\n" not in str(error.value) and "baseline" in str(error.value) and capsys.readouterr().out == ""


def test_an_array_of_objects_and_a_foreign_model_are_refused(saved, tmp_path):
    objects = io.BytesIO()
    np.save(objects, np.array([Evil()], dtype=object), allow_pickle=True)

    def swap(content, name, part):
        import hashlib

        about = json.loads(content["baseline.json"])
        about["parts"][name] = hashlib.sha256(part).hexdigest()
        return {**content, name: part, "baseline.json": json.dumps(about).encode()}

    with zipfile.ZipFile(saved) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    short = io.BytesIO()
    np.save(short, np.zeros(3, dtype=np.int64))
    wrong = (
        ("labels.npy", objects.getvalue(), "labels"),
        ("model.skops", b"PK", "model"),
        ("said_codes.npy", short.getvalue(), "fit"),
    )
    for name, part, word in wrong:
        with zipfile.ZipFile(tmp_path / "b", "w") as archive:
            for key, value in swap(content, name, part).items():
                archive.writestr(key, value)
        with pytest.raises(wt.InputError, match=word):
            wt.Baseline.load(tmp_path / "b")


def test_the_model_may_be_any_fitted_estimator(files):
    table = frame(80, 1)
    model = LogisticRegression().fit(table[["n", "odd"]], table["y"])
    baseline = wt.Baseline.fit(table[["n", "odd", "y"]], model, label="y", trained_on_source=False)
    assert baseline.model is model and baseline.taught.subject.kind == "given"


def test_without_a_feature_value_it_certifies_what_it_can(files, of_files, tmp_path):
    path = tmp_path / "none.baseline"
    wt.Baseline.fit(files["source"], "stump", label="y", group="site", rows=0).save(path)
    again = wt.Baseline.load(path)
    assert (again.kept.table.nunique() == 1).all() and again.taught.subject.source.proba is None
    assert set(again.kept.groups) == {str(i) for i in range(len(set(again.kept.groups)))}
    with zipfile.ZipFile(path) as archive:
        table = pd.read_parquet(io.BytesIO(archive.read("source.parquet")))
    assert table.drop_duplicates().shape[0] == 1
    wt.Baseline.fit(files["source"], "stump", label="y", rows=0).save(path)
    audit = wt.Baseline.load(path).audit(files["target"], tolerance=0.3, use_target_labels=True)
    _, whole = of_files
    known = ("estimate", "lower", "upper", "confidence", "level")
    assert [getattr(audit.claim("target_error.direct"), k) for k in known] == [
        getattr(whole.claim("target_error.direct"), k) for k in known
    ]
    ours, theirs = audit.claim("source_error"), whole.claim("source_error")
    assert ours.estimate == theirs.estimate and theirs.lower <= ours.lower and ours.upper <= theirs.upper
    assert (audit.verdict.answer, audit.verdict.basis) == (whole.verdict.answer, whole.verdict.basis)
    assert not audit.claim("target_error.panel").says_something and audit.warnings[-1].startswith(
        "no feature value"
    )
    assert audit.document["provenance"]["digests"] == whole.document["provenance"]["digests"]
    validate(audit.document)
    assert wt.Baseline.load(path).audit(frame(30, 1)[["x"]]).verdict.answer is wt.Answer.NOT_COMPARABLE
    with pytest.raises(wt.InputError, match="keeps none"):
        wt.Baseline.load(path).audit(files["target"], assume={"class": "stumps", "lambda": 0.1})
