"""Odd but sound input gives the answer of its clean twin."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import whytransfer as wt
from tests.features.images import Fake
from tests.robustness.material import QUICK, ROWS, STUMP, answer, audit
from whytransfer.cli import run
from whytransfer.features import embed, list_images
from whytransfer.models.saved import load_model


def bom(pair):
    return pair.raw("x.csv", b"\xef\xbb\xbf" + pair.paths[0].read_bytes()), pair.paths[1]


def crlf(pair):
    return [pair.raw(f"x{p.name}", p.read_bytes().replace(b"\n", b"\r\n")) for p in pair.paths]


def _renamed(pair, names, values):
    frames = (pair.source, pair.target)
    changed = [f.assign(colour=f["colour"].map(values)).rename(columns=names) for f in frames]
    return [pair.csv(f"x{p.name}", f) for p, f in zip(pair.paths, changed, strict=True)]


def quoted_newlines(pair):
    return _renamed(pair, {}, {"blue": 'b "l",\r\nue', "red": "r\ned"})


def accents_and_emoji(pair):
    return _renamed(pair, {"a": "größe 🙂"}, {"blue": "bleuâtre", "red": "røđ 🟥"})


def symbolic_links(pair):
    links = [pair.folder / f"link{p.name}" for p in pair.paths]
    for link, path in zip(links, pair.paths, strict=True):
        link.symlink_to(path.name)
    return links


def labels_minus_one(pair):
    coded = pair.source.assign(y=np.where(pair.source["y"] == "yes", 1, -1))
    return pair.csv("x.csv", coded), pair.paths[1]


SAME = {
    f.__name__: f for f in (bom, crlf, quoted_newlines, accents_and_emoji, symbolic_links, labels_minus_one)
}


@pytest.mark.parametrize("row", SAME)
def test_the_answer_is_that_of_the_clean_twin(row, pair, clean):
    out = pair.folder / "audit.json"
    assert audit(*SAME[row](pair), "--json", out) == clean[1]
    assert answer(out) == clean


def _twins(pair, ours, theirs):
    """The answers to two pairs that differ in one added column; `ours` and `theirs` hold it for source and target."""
    answers = []
    for name, added in (("ours", ours), ("theirs", theirs)):
        paths = [
            pair.csv(f"{name}{p.name}", frame.drop(columns=["b", "colour"]).assign(z=column))
            for p, frame, column in zip(pair.paths, (pair.source, pair.target), added, strict=True)
        ]
        out = pair.folder / f"{name}.json"
        audit(*paths, "--json", out)
        answers.append(answer(out))
    return answers


def _alike(ours, theirs, tolerance):
    assert ours[:2] == theirs[:2]
    assert [c[0] for c in ours[2]] == [c[0] for c in theirs[2]]
    for mine, other in zip(ours[2], theirs[2], strict=True):
        assert mine[1:4] == pytest.approx(other[1:4], abs=tolerance), mine[0]


def test_dates_before_1900(pair):
    days = [np.random.default_rng(s).integers(0, 20_000, ROWS) for s in (1, 2)]
    # The calendar repeats itself after 400 years.
    old, new = (
        [[f"{np.datetime64(start) + int(d)}" for d in part] for part in days]
        for start in ("1720-03-01", "2120-03-01")
    )
    _alike(*_twins(pair, old, new), 1e-9)


def test_int64_beyond_float_precision(pair):
    small = [np.random.default_rng(s).integers(0, 100, ROWS) for s in (1, 2)]
    large = [2**60 + part for part in small]
    _alike(*_twins(pair, large, small), 1e-9)


def test_target_is_source(pair):
    source = pair.paths[0]
    twin = pair.raw("copy.csv", source.read_bytes())
    answers = []
    for target in (source, twin):
        audit(source, target, "--json", pair.folder / "audit.json")
        answers.append(answer(pair.folder / "audit.json"))
    assert answers[0] == answers[1]


def test_output_exists(pair, clean, tmp_path):
    out = tmp_path / "audit.json"
    out.write_text("old")
    before = out.stat().st_ino
    audit(*pair.paths, "--json", out)
    assert answer(out) == clean
    assert out.stat().st_ino != before, "it was written into, and not replaced"


def bare(pair, **environment):
    """The answer in a process with no HOME, in a folder that is nobody's, on one core."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG") or k.endswith("_NUM_THREADS")}

    def one_core():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    out = pair.folder / "a.json"
    done = subprocess.run(
        [sys.executable, "-m", "whytransfer", "audit", *map(str, pair.paths), *QUICK, *STUMP, "--json", str(out)],
        env=kept | environment, cwd="/", preexec_fn=one_core, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return answer(out)


def test_no_home_and_one_core(pair, clean):
    assert bare(pair) == clean


@pytest.mark.coverage
def test_read_only_cache(pair, clean):
    """Every kernel is compiled anew."""
    assert bare(pair, NUMBA_CACHE_DIR="/proc/none", XDG_CACHE_HOME="/proc/none") == clean


def _encoded(frame):
    from whytransfer.problem.encode import Encoder

    return Encoder().fit(frame).transform(frame)


def test_ten_thousand_columns(pair):
    values = np.random.default_rng(0).normal(size=(20, 10_000)).round(3)
    wide = pd.DataFrame(values, columns=[f"c{i}" for i in range(10_000)])
    path = pair.csv("wide.csv", wide.assign(y=["no", "yes"] * 10))
    problem = wt.Problem.read(path, path, label="y")
    assert np.array_equal(_encoded(problem.source.rows), values)


@pytest.mark.coverage
def test_ten_thousand_columns_audited(tmp_path, capsys):
    """Every step to the end, a report, and the error that is counted by hand."""
    frames = []
    for seed in (1, 2):
        values = np.random.default_rng(seed).normal(size=(120, 10_000)).round(3)
        frame = pd.DataFrame(values, columns=[f"c{i}" for i in range(10_000)])
        frames.append(frame.assign(y=np.where(values[:, 0] > 0, "yes", "no")))
    for name, frame in zip("st", frames, strict=True):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    out, page, model = (tmp_path / name for name in ("a.json", "a.html", "m.skops"))
    code = run(
        ["audit", str(tmp_path / "s.csv"), str(tmp_path / "t.csv"), "--label", "y", "--learner", "stump", "--use-target-labels",
         "-q", "--json", str(out), "--html", str(page), "--save-model", str(model)]
    )  # fmt: skip
    document = json.loads(out.read_text())
    direct = next(c for c in document["claims"] if c["id"] == "target_error.direct")
    wrong = load_model(model).predict(frames[1].drop(columns="y")) != frames[1]["y"]
    assert direct["estimate"] == pytest.approx(wrong.mean(), abs=1e-12)
    assert code == document["verdict"]["exit_code"] in (0, 10, 11)
    assert not [w for w in document["warnings"] if "skipped" in w]
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    # A report that a browser opens: columns are listed up to a limit, all of them are looked at.
    assert page.stat().st_size < 20e6


def _many_categories(pair, distinct):
    words = [f"user-{i:07d}" for i in np.random.default_rng(0).permutation(distinct)]
    path = pair.folder / "many.parquet"
    pd.DataFrame({"id": words, "y": np.arange(distinct) % 2}).to_parquet(path)
    problem = wt.Problem.read(path, path, label="y")
    codes = _encoded(problem.source.rows)
    assert np.isfinite(codes).all()
    # A word has one code wherever it stands: the same rows in another order.
    again = _encoded(problem.source.rows.iloc[::-1])
    assert codes.shape == again.shape and codes.shape[1] < 100


def test_many_categories(pair):
    _many_categories(pair, 2_000)


@pytest.mark.coverage
def test_a_million_categories(pair):
    _many_categories(pair, 10**6)


def test_palette_and_cmyk_images(tmp_path):
    """The features of the same picture as RGB, and a sentence that names it."""
    twins = {"palette.png": ("P", "PNG"), "print.tif": ("CMYK", "TIFF")}
    picture = Image.new("RGB", (9, 9), (255, 0, 0))
    picture.paste((0, 255, 0), (0, 0, 9, 4))
    picture.save(tmp_path / "rgb.png")
    for name, (mode, form) in twins.items():
        picture.convert(mode).save(tmp_path / name, form)
    found = embed(list_images(tmp_path), Fake())
    assert set(found.converted) == set(twins) and not found.skipped
    assert np.ptp(found.features, axis=0).max() < 0.01 < np.abs(found.features).max()
