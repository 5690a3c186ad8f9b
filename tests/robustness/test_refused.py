"""What can't be used is refused: exit 2, one clear line, nothing written, no file touched."""

import gzip
import io
import os
import pickle
import subprocess
import zipfile

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from tests.features.images import BROKEN, Fake, folder_of
from tests.robustness.material import audit
from whytransfer.errors import InputError
from whytransfer.io import write_atomically
from whytransfer.problem.read import read_table

TEXT = "a,b,colour,y\n"


def source(content, name="x.csv"):
    """A row about what stands in the place of the source."""
    return lambda pair: [pair.raw(name, content(pair) if callable(content) else content), pair.paths[1]]


def changed(change):
    """A row about a changed source."""
    return source(lambda pair: change(pair.paths[0].read_bytes()))


def cut(make, keep):
    """A row about a file of which only the first part is there."""

    def truncated(pair):
        whole = make(pair)
        return whole[: int(keep * len(whole))]

    return source(truncated, "x.bin")


def parquet(pair):
    stream = io.BytesIO()
    pair.source.to_parquet(stream)
    return stream.getvalue()


def gzip_bomb(pair):
    return pair.raw("bomb.csv.gz", gzip.compress(TEXT.encode() + bytes(2**22))), pair.paths[1]


def npz_bomb(pair):
    np.savez_compressed(pair.folder / "bomb.npz", X=np.zeros((2**17, 4)))
    return pair.folder / "bomb.npz", pair.paths[1]


def parquet_bomb(pair):
    """Ten million million cells in a few thousand bytes: runs of one value."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = pair.folder / "bomb.parquet"
    block = pa.table({f"c{i}": pa.array(np.zeros(100), pa.int8()) for i in range(10)})
    with pq.ParquetWriter(path, block.schema) as writer:
        writer.write_table(block)
    patched = _claiming(path.read_bytes(), 100, 10**12)
    return pair.raw("bomb.parquet", patched), pair.paths[1]


def _claiming(content, rows, claimed):
    """The file, its footer saying another number of rows: thrift's field 3 of type i64, zigzag and seven bits a byte."""
    length = int.from_bytes(content[-8:-4], "little")
    footer = content[-8 - length : -8]
    first = footer.index(_field(rows))
    longer = footer[:first] + _field(claimed) + footer[first + len(_field(rows)) :]
    return content[: -8 - length] + longer + len(longer).to_bytes(4, "little") + b"PAR1"


def _field(number):
    number, written = 2 * number, bytearray([0x16])
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def objects(pair):
    np.savez(pair.folder / "x.npz", X=np.array([[1, None]], dtype=object), y=np.ones(1))
    return pair.folder / "x.npz", pair.paths[1]


class Odd:
    """A model whose answers are none; it is put in the place of the file's model, since skops saves no such class."""

    classes_ = np.array(["no", "yes"])

    def __init__(self, predict, proba=None):
        self.answers = predict
        if proba is not None:
            self.predict_proba = lambda rows: proba(len(rows))

    def fit(self, rows, labels):
        return self

    def predict(self, rows):
        return self.answers(len(rows))


def raises(n):
    raise RuntimeError("no such column\nin the second line")


MODELS = {
    "model_predict_raises": Odd(raises),
    "model_wrong_length": Odd(lambda n: ["no"] * (n + 1)),
    "model_unseen_labels": Odd(lambda n: ["maybe"] * n),
    "model_answers_nan": Odd(lambda n: np.full(n, np.nan)),
    "model_probabilities_do_not_sum_to_one": Odd(lambda n: ["no"] * n, lambda n: np.full((n, 2), 0.7)),
    "model_probabilities_are_nan": Odd(lambda n: ["no"] * n, lambda n: np.full((n, 2), np.nan)),
}


def model(content, name="m.skops"):
    """A row about what stands in a model file."""
    return lambda pair: [*pair.paths, "--model", pair.raw(name, content(pair))]


def fitted(pair):
    return LogisticRegression().fit(pair.source[["a"]], pair.source["y"])


def joblibbed(pair):
    stream = io.BytesIO()
    joblib.dump(fitted(pair), stream)
    return stream.getvalue()


def skopsed(schema):
    def zipped(pair):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("schema.json", schema)
        return stream.getvalue()

    return zipped


def foreign_function(pair):
    """A model file that names a program to be started in the place of its class."""
    saved, stream = io.BytesIO(skops.io.dumps(fitted(pair))), io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(stream, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "schema.json":
                content = content.replace(b"sklearn.linear_model._logistic", b"subprocess")
                content = content.replace(b"LogisticRegression", b"Popen")
            new.writestr(member, content)
    return stream.getvalue()


def fifo(pair):
    os.mkfifo(pair.folder / "pipe")
    return pair.folder / "pipe"


def out(path):
    """A row about where results should go."""
    return lambda pair: [*pair.paths, "--json", path(pair)]


def image(kind):
    """A row about one image among sound ones."""

    def among(pair):
        folder = folder_of(pair.folder / "images", ("a", "b"), count=2, level=0.3)
        (folder / "a" / "odd.jpg").write_bytes(BROKEN[kind][0])
        return [folder, folder, "--label-from", "folder"]

    return among


def imageless(pair):
    (pair.folder / "images").mkdir()
    return [pair.folder / "images", pair.paths[1], "--label-from", "folder"]


REFUSED = {
    "empty_file": (source(b""), "is empty"),
    "header_only": (source(TEXT), "holds no rows"),
    "duplicate_names": (changed(lambda t: t.replace(b"a,b", b"a,a", 1)), "more than once"),
    "blank_name": (changed(lambda t: t.replace(b"a,b", b"a,", 1)), "has no name"),
    "not_utf8": (changed(lambda t: t.replace(b"red", b"r\xe9d")), "iconv"),
    "wrong_delimiter": (changed(lambda t: t.replace(b",", b"^")), "only one column"),
    "ragged_rows": (changed(lambda t: t + b"1,2\n"), "equal length"),
    "infinite": (changed(lambda t: t.replace(b",yes", b",yes", 1) + b"inf,1,red,no\n-inf,1,red,no\n"), "infinite"),
    "huge": (changed(lambda t: t + b"1e300,1,red,no\n"), "holds 1e+300 in row 60"),
    "truncated_parquet": (cut(parquet, 0.7), "truncated Parquet"),
    "truncated_gzip": (cut(lambda pair: gzip.compress(pair.paths[0].read_bytes()), 0.7), "truncated gzip"),
    "gzip_bomb": (gzip_bomb, "250-fold"),
    "npz_bomb": (npz_bomb, "250-fold"),
    "parquet_bomb": (parquet_bomb, "GB of memory"),
    "npz_with_objects": (objects, "Python objects"),
    "pickle_as_table": (source(lambda pair: pickle.dumps(pair.source)), "never read"),
    "pickle_as_model": (model(lambda pair: pickle.dumps(fitted(pair))), "never opened"),
    "joblib_as_model": (model(joblibbed, "m.joblib"), "never opened"),
    "model_of_foreign_types": (model(foreign_function), "not trusted"),
    "model_zip_bomb": (model(skopsed('{"a":' + " " * 2**22 + "1}")), "250-fold"),
    "model_nested_too_deeply": (model(skopsed("[" * 100_000)), "skops"),
    **{name: (None, word) for name, word in zip(MODELS, (
        "no such column in the second line", "one a row", "not among", "missing or unknown", "sum to one", "finite",
    ), strict=True)},
    "folder_as_file": (lambda pair: [(pair.folder / "sub").mkdir() or pair.folder / "sub", pair.paths[1]], "no *.parquet files"),
    "folder_as_model": (lambda pair: [*pair.paths, "--model", pair.folder], "it is a folder"),
    "fifo_as_table": (lambda pair: [fifo(pair), pair.paths[1]], "pipe or a device"),
    "fifo_as_model": (lambda pair: [*pair.paths, "--model", fifo(pair)], "a pipe"),
    "fifo_as_configuration": (lambda pair: [*pair.paths, "--config", fifo(pair)], "pipe or a device"),
    "fifo_as_reference": (lambda pair: [*pair.paths, "--reference", fifo(pair)], "pipe or a device"),
    "fifo_as_target_labels": (lambda pair: [*pair.paths, "--target-labels", fifo(pair)], "pipe or a device"),
    "empty_image": (image("empty"), "a/odd.jpg (empty file)"),
    "broken_image": (image("text"), "a/odd.jpg (broken"),
    "truncated_image": (image("truncated_jpeg"), "a/odd.jpg (truncated"),
    "image_bomb": (image("bomb"), "a/odd.jpg (huge"),
    "animated_image": (image("animated_gif"), "a/odd.jpg (animated"),
    "image_of_pages": (image("two_pages"), "a/odd.jpg (animated: 2 frames or pages"),
    "one_pixel_image": (image("one_pixel"), "a/odd.jpg (tiny: 1 × 1"),
    "postscript_as_image": (image("postscript"), "a/odd.jpg (broken: not an image of a known format"),
    "folder_without_images": (imageless, "holds no images"),
    "missing_file": (lambda pair: [pair.folder / "sorce.csv", pair.paths[1]], "did you mean"),
    "output_is_input": (out(lambda pair: pair.paths[0]), "input file"),
    "output_is_a_folder": (out(lambda pair: pair.folder), "folder"),
    "output_in_no_folder": (out(lambda pair: pair.folder / "none" / "a.json"), "folder"),
}  # fmt: skip


@pytest.mark.parametrize("row", REFUSED)
def test_one_line_exit_2_and_nothing_touched(row, pair, capsys, monkeypatch):
    if row in MODELS:
        monkeypatch.setattr("whytransfer.models.saved.load_model", lambda path: MODELS[row])
        arguments = [*pair.paths, "--model", pair.raw("m.skops", b"")]
    else:
        arguments = REFUSED[row][0](pair)
    # Bombs of megabytes stand for bombs of gigabytes.
    for module in ("problem.read", "io.zips"):
        monkeypatch.setattr(f"whytransfer.{module}.SMALL_EXPANSION", 2**20)
    monkeypatch.setattr("whytransfer.features.photos.image_encoder", lambda name: Fake())
    before = snapshot(pair.folder)
    assert audit(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1 and said.err.startswith("whytransfer: ")
    assert REFUSED[row][1] in said.err
    assert snapshot(pair.folder) == before


def snapshot(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


@pytest.fixture
def unprivileged():
    """Nobody's rights: root may read and write everything, and its folders are closed to others."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


@pytest.mark.parametrize("row", ["no_read_permission", "no_write_permission"])
def test_permissions(row, pair, request):
    barred = pair.folder / "barred"
    barred.mkdir()
    pair.source.to_csv(barred / "x.csv", index=False)
    read_table(barred / "x.csv")
    barred.chmod(0)
    request.getfixturevalue("unprivileged")
    act = read_table if row == "no_read_permission" else lambda path: write_atomically(path, "{}")
    with pytest.raises(InputError, match="can't (read|write) .*Permission denied"):
        act(barred / "x.csv")


def _refused_for_want_of_room(pair, out, capsys):
    code = audit(*pair.paths, "--json", out)
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    # A run of more than two seconds would have kept a journal, and says that it can't.
    *before, last = said.err.splitlines()
    assert "can't write" in last and all("no journal is kept" in line for line in before)
    return said.err


def test_disk_full(pair, capsys):
    """A limit on the size of files refuses the bytes as a full disk does; its signal is ignored by Python."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        _refused_for_want_of_room(pair, pair.folder / "a.json", capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(p.name for p in pair.folder.iterdir()) == ["source.csv", "target.csv"]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB, less than a report; skipped where this user may mount none."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_file_system_full(pair, small_disk, capsys):
    (small_disk / "filler").write_bytes(bytes(60_000))
    assert "No space left" in _refused_for_want_of_room(pair, small_disk / "a.json", capsys)
    assert [p.name for p in small_disk.iterdir()] == ["filler"]
