"""A text column as features."""

import json

import numpy as np
import pandas as pd
import pytest

from whytransfer.cli import run
from whytransfer.errors import UnknownNameError
from whytransfer.features import TextEncoder, text_encoder, with_embedded


class Letters(TextEncoder):
    """How often each vowel stands in a text."""

    name, key, width = "letters", "1" * 64, 5

    def __init__(self):
        self.seen = []

    def encode(self, text):
        self.seen.append(text)
        return np.array([text.count(vowel) for vowel in "aeiou"], dtype=np.float32)


def test_the_features_take_the_place_of_the_column():
    frame = pd.DataFrame({"x": [1, 2, 3], "words": ["aa", None, "aa"], "y": ["n", "y", "n"]}, index=[7, 8, 9])
    encoder = Letters()
    found = with_embedded(frame, "words", encoder, what="source")
    assert list(found.columns) == ["x", *(f"words~{i}" for i in range(5)), "y"]
    assert found["words~0"].tolist() == [2.0, 0.0, 2.0] and found.index.tolist() == [7, 8, 9]
    assert sorted(encoder.seen) == ["", "aa"]
    with pytest.raises(UnknownNameError, match="did you mean 'words'"):
        with_embedded(frame, "word", encoder, what="source")


def test_numbers_are_read_as_they_are_written(tmp_path):
    from whytransfer.features import read_with_text

    (tmp_path / "t.csv").write_text("words,y\n007,a\n1e3,b\n")
    encoder = Letters()
    read_with_text(tmp_path / "t.csv", "words", encoder, what="source")
    assert encoder.seen == ["007", "1e3"]


GOOD, BAD = (
    ("works well", "great sound", "love it", "very happy"),
    ("broke soon", "awful smell", "waste", "sad"),
)


def reviews(path, seed, things):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(60):
        good = bool(rng.integers(2))
        words = (GOOD if good else BAD)[rng.integers(4)]
        rows.append(
            {"text": f"this {things[rng.integers(len(things))]} {words} {i}", "y": "good" if good else "bad"}
        )
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_reviews_through_the_command_line(tmp_path, capsys):
    pytest.importorskip("wordllama")
    here = reviews(tmp_path / "here.csv", 0, ("kettle", "toaster"))
    there = reviews(tmp_path / "there.csv", 1, ("radio", "lamp"))
    out = tmp_path / "a.json"
    code = run(
        ["audit", str(here), str(there), "--label", "y", "--text", "text", "--use-target-labels", "-q",
         "--theorem", "clopper_pearson", "--time-budget", "0", "--json", str(out)]
    )  # fmt: skip
    told = json.loads(out.read_text())
    assert code in (0, 10, 11) and len(told["problem"]["features"]) == 256
    direct = next(c for c in told["claims"] if c["id"] == "target_error.direct")
    # Words of praise are near each other, whatever they are said of.
    assert direct["estimate"] < 0.3
    sheet = tmp_path / "rows.csv"
    assert (
        run(
            [
                "labels",
                "plan",
                str(here),
                str(there),
                "--label",
                "y",
                "--text",
                "text",
                "--budget",
                "5",
                "--out",
                str(sheet),
                "-q",
            ]
        )
        == 0
    )
    assert list(pd.read_csv(sheet).columns) == ["row", "batch", "text", "y"]
    assert run(["embed", str(here), "--text", "text", "--out", str(tmp_path / "e.parquet"), "-q"]) == 0
    frame = pd.read_parquet(tmp_path / "e.parquet")
    assert frame.shape == (60, 257)
    first = pd.read_csv(here)["text"][0]
    assert np.array_equal(frame.iloc[0, :256].to_numpy(dtype=np.float32), text_encoder().encode(first))
    capsys.readouterr()
