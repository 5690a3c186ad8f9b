"""Mutated files and command lines: an answer or one line, never a crash. The long run is `python -m benchmarks.fuzz`."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

import whytransfer as wt
from benchmarks.fuzz import fuzz
from whytransfer.backtest import Reference, read_history
from whytransfer.cli import run
from whytransfer.cli.config import read_config
from whytransfer.models.saved import model_from
from whytransfer.problem.read import read_table
from whytransfer.problem.target_labels import target_labels_of


def test_readers_survive_mutated_files(tmp_path):
    counts, crashes = fuzz(320, 7, tmp_path)
    assert not crashes, crashes[0]
    # Some inputs must get through, or the mutations test the first byte only.
    assert {kind.split(":")[0] for kind in counts if kind.endswith(": read")} >= {
        "table",
        "labels",
        "plan",
        "reference",
    }


@pytest.mark.coverage
def test_readers_survive_twenty_thousand_mutated_files(tmp_path):
    counts, crashes = fuzz(20_000, 0, tmp_path)
    assert not crashes, crashes[0]
    assert sum(counts.values()) == 20_000


WORDS = st.sampled_from(
    ["audit", "adapt", "labels", "plan", "next", "certify", "lab", "report", "diff", "calibrate", "demo", "--label", "--json",
     "--tolerance", "--delta", "--seed", "--assume", "--theorem", "--out", "-", "--", "--xi", "1/0", "nan", "-1", "1e999", "--config"]
)  # fmt: skip
TEXT = st.text(max_size=20).filter(lambda text: not text.startswith(("/", ".")))


@settings(max_examples=25)
@given(arguments=st.lists(st.one_of(WORDS, TEXT), max_size=6))
def test_the_command_line_answers_any_words(arguments, tmp_path_factory):
    """No file has such a name, so that nothing can be found; what is asked of `lab` and the help may well be answered."""
    folder = tmp_path_factory.mktemp("empty")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
        if arguments[:1] == ["demo"]:
            arguments = ["demo", "--seed", "x"]
        assert run(arguments) in (0, 2)


# What the fuzzer found, each as the smallest file that shows it.


def test_offsets_of_a_damaged_arrow_file_are_not_followed(tmp_path):
    """They led out of memory: a segmentation fault in Arrow."""
    words = pa.array(["no", "yes", "no"])
    offsets = np.array([0, 2, 180, 7], dtype=np.int32)
    damaged = pa.Array.from_buffers(
        pa.string(), 3, [None, pa.py_buffer(offsets.tobytes()), words.buffers()[2]]
    )
    path = tmp_path / "a.arrow"
    table = pa.table({"y": damaged, "a": [1, 2, 3]})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(wt.InputError, match="damaged or truncated Arrow"):
        read_table(path)


def npy(header, body=b""):
    """An array file with this header."""
    padded = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + body


@pytest.mark.parametrize("header", ["{'descr': '<f8', 'shape': (1,), [[[[", "{'descr>: '<f8'", "1", "{1: 2}"])
def test_headers_that_are_no_literals(tmp_path, header):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("X.npy", npy(header))
    with pytest.raises(wt.InputError, match="array X"):
        read_table(tmp_path / "a.npz")
    frame = pd.DataFrame({"a": [0.0, 1.0]})
    saved, stream = io.BytesIO(skops.io.dumps(LogisticRegression().fit(frame, [0, 1]))), io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, npy(header) if name.endswith(".npy") else old.read(name))
    with pytest.raises(wt.InputError, match="can't be read as a skops file"):
        model_from(stream.getvalue(), "model m")


def test_text_beyond_the_last_character(tmp_path):
    names = np.array([0x110000, 98], dtype=np.uint32).view("<U1")
    np.savez(tmp_path / "a.npz", X=np.ones((3, 2)), feature_names=names)
    with pytest.raises(wt.InputError, match="text that is damaged"):
        read_table(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("contested", []),
        ("contested", "x"),
        ("rows", {"a": 1}),
        ("tolerance", 2**70),
        ("strata", [-1]),
    ],
)
def test_plans_with_other_things_in_them(tmp_path, key, value):
    from whytransfer.labels import LabelPlan
    from whytransfer.labels.document import to_document

    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 2))
    problem = wt.Problem(X[:60], (X[:60, 0] > 0).astype(int), X[60:])
    document = to_document(wt.plan_labels(problem, model="stump", tolerance=0.4, budget=10))
    document[key] = value
    if key == "tolerance":
        document["requirement"]["value"] = value
    if key == "strata":
        del document[key]
        document["rows"][0]["stratum"] = -1
    (tmp_path / "p.json").write_text(json.dumps(document))
    with pytest.raises(wt.InputError, match="plan"):
        LabelPlan.read(tmp_path / "p.json")


def test_an_archive_whose_names_are_no_text(tmp_path):
    """Found by coverage-guided fuzzing: a member's name that is not the UTF-8 which its flag promises."""
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("X\u00e9.npy", npy("1"))
    content = (tmp_path / "a.npz").read_bytes().replace("\u00e9".encode(), b"\x90\x90")
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(wt.InputError, match="damaged or truncated NPZ"):
        read_table(tmp_path / "a.npz")
    with pytest.raises(wt.InputError, match="baseline .* can't be read"):
        wt.Baseline.load(tmp_path / "a.npz")


def test_names_of_several_lines_in_an_archive(tmp_path):
    """Found by coverage-guided fuzzing, as are the next two."""
    np.savez(tmp_path / "a.npz", **{"03;no\n0.623": np.ones(2)})
    with pytest.raises(wt.InputError, match="found 03;no 0.623") as caught:
        read_table(tmp_path / "a.npz")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["audit = 1", f"seed = {'9' * 10_000}"])
def test_configurations_of_other_forms(tmp_path, text):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(wt.InputError, match="configuration") as caught:
        read_config(tmp_path / "c.toml", {"seed"})
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("missing", ["value", "quantity", "kind", "text"])
def test_an_audit_without_a_part_of_its_requirement(tmp_path, missing):
    golden = Path(__file__).parent / "golden" / "audit-0.1.0.json"
    document = json.loads(golden.read_text())
    del document["verdict"]["requirement"][missing]
    (tmp_path / "a.json").write_text(json.dumps(document))
    with pytest.raises(wt.InputError, match="requirement"):
        wt.Audit.from_json(tmp_path / "a.json")


def test_a_header_of_many_lines_is_refused_in_one(tmp_path):
    """Found by coverage-guided fuzzing: line breaks of the file's cells came into the message."""
    (tmp_path / "l.csv").write_text('" \n3,y",x,"a\r\nb"\n0,no,1\n')
    with pytest.raises(wt.InputError, match="its header is") as caught:
        target_labels_of(tmp_path / "l.csv", 30, "y")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("value", [2**70, None, "x", [[1]], {}])
def test_reference_classes_with_other_things_in_them(tmp_path, value):
    document = {
        "limits": {},
        "positions": [[0.0] * 7],
        "sets": value,
        "confidence": 0.95,
        "record": {},
        "name": "x",
    }
    (tmp_path / "r.json").write_text(json.dumps(document))
    with pytest.raises(wt.InputError, match="reference"):
        Reference.read(tmp_path / "r.json")


@pytest.mark.parametrize("name", ["a\0b", "../audit.json", "/etc/passwd"])
def test_a_history_opens_nothing_outside_its_folder(tmp_path, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "audit.json").write_text("{}")
    (tmp_path / "in" / "h.jsonl").write_text(
        json.dumps({"data_set": "s", "target_error": 0.1, "audit": name})
    )
    with pytest.raises(wt.InputError, match="outside"):
        read_history(tmp_path / "in" / "h.jsonl")


def test_an_archive_of_python_2_is_read_without_a_note(tmp_path):
    """Its headers end whole numbers in L, as damaged ones may; NumPy warned of them, in the middle of whatever was printed."""
    file = tmp_path / "old.npz"
    with zipfile.ZipFile(file, "w") as archive:
        for name, values in (("X", np.arange(3.0)[:, None]), ("y", np.array([0.0, 1.0, 1.0]))):
            written = io.BytesIO()
            np.lib.format.write_array(written, values)
            archive.writestr(f"{name}.npy", written.getvalue().replace(b"(3, 1)", b"(3L,1)"))
    assert read_table(str(file)).shape == (3, 2)
