"""``python -m benchmarks.fuzz [inputs] [seed]``: mutated files for every reader, in this process; anything but an answer or an InputError is a crash.

Whole files of each kind are made, then bytes are flipped, cut out, doubled, spliced with another file's, and lines, cells and
numbers are replaced by those that break parsers; values in JSON and members of archives are changed with the outer form kept. A crash is written to ``out/fuzz`` with its traceback; the exit code is 1 when there was one.
"""

from __future__ import annotations

import collections
import gzip
import io
import json
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from whytransfer.errors import WhyTransferError

CELLS = (
    b"", b"NaN", b"inf", b"-1e400", b"1e-400", b"9" * 400, b"0x10", b"-0", b"1,5", b'"', b'""', b"'", b"\xff", b"\x00",
    b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n", b",", b";", b"\t", b"|", b"true", b"2024-02-30", b"0000-00-00", b"1e5",
    "é🙂\u202e".encode(), b"=1+1", b"null", b"[]", b"{}", b"-1", b"18446744073709551616", b"9223372036854775808", b"[" * 5000,
)  # fmt: skip
SLOW = 5.0
"""Seconds that one input may take."""


def table(seed: int, n: int = 30) -> pd.DataFrame:
    """A small table of every kind of column."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "a": rng.normal(size=n).round(3),
            "whole": rng.integers(-5, 5, n),
            "colour": rng.choice(["red", "grün"], n),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, n), unit="D"),
            "y": rng.choice(["no", "yes"], n),
        }
    )


def seeds() -> dict[str, list[bytes]]:
    """Whole files, by the reader that they are for."""
    import skops.io
    from sklearn.linear_model import LogisticRegression

    import whytransfer as wt
    from whytransfer.labels.document import to_text

    frame = table(0)
    text = frame.to_csv(index=False).encode()
    parquet, feather, npz = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.to_parquet(parquet)
    frame.to_feather(feather)
    np.savez(npz, X=frame[["a", "whole"]].to_numpy(), y=np.arange(30) % 2, feature_names=np.array(["a", "b"]))
    problem = wt.Problem.read(frame, table(1), label="y", use_target_labels=True)
    audit = wt.audit(problem, theorems=[]).to_json().encode()
    plan = wt.plan_labels(problem, tolerance=0.4, budget=10)
    reference = resources.files("whytransfer.backtest").joinpath("reference.json").read_bytes()
    model = skops.io.dumps(LogisticRegression().fit(frame[["a", "whole"]], frame["y"]))
    labels = b"row,label\n0,no\n3,yes\n"
    history = "\n".join(
        json.dumps({"data_set": f"s{i}", "target_error": 0.1, "audit": "audit.json"}) for i in range(3)
    ).encode()
    return {
        "table": [
            text,
            text.replace(b",", b";"),
            gzip.compress(text),
            parquet.getvalue(),
            feather.getvalue(),
            npz.getvalue(),
        ],
        "labels": [labels, b"no\nyes\n" * 15, frame[["y"]].to_csv(index=False).encode()],
        "audit": [audit],
        "model": [model],
        "history": [history, b"data_set,target_error,audit\na,0.1,audit.json\n"],
        "reference": [reference],
        "plan": [to_text(plan).encode()],
        "configuration": [b'label = "y"\ntolerance = 0.2\n[audit]\nseed = 1\n'],
    }


def readers() -> dict[str, Callable[[Path], object]]:
    """What reads each kind of file."""
    import whytransfer as wt
    from whytransfer.backtest import Reference, read_history
    from whytransfer.cli.config import read_config
    from whytransfer.labels.document import from_file
    from whytransfer.models.saved import load_model
    from whytransfer.problem.read import read_table
    from whytransfer.problem.target_labels import target_labels_of

    ours = table(0)

    def as_table(path: Path) -> None:
        frame = read_table(path)
        if "y" in frame.columns:
            wt.Problem.read(ours, frame, label="y", use_target_labels=True)

    return {
        "table": as_table,
        "labels": lambda path: target_labels_of(path, 30, "y"),
        "audit": wt.Audit.from_json,
        "model": load_model,
        "history": read_history,
        "reference": Reference.read,
        "plan": from_file,
        "configuration": lambda path: read_config(path, {"label", "tolerance", "seed"}),
    }


def mutated(content: bytes, other: bytes, draw: random.Random) -> bytes:
    """One to four changes."""
    data = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(data) + 1)
        length = min(draw.choice([1, 2, 4, 8, 30, 200]), len(data) - at)
        kind = draw.randrange(7)
        if kind == 0 and data:
            data[draw.randrange(len(data))] = draw.randrange(256)
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length] * draw.choice([1, 2, 50])
        elif kind == 3:
            data[at : at + length] = draw.choice(CELLS)
        elif kind == 4:
            start = draw.randrange(len(other) + 1)
            data[at : at + length] = other[start : start + draw.choice([4, 50, 1000])]
        elif kind == 5:
            data[at : at + length] = bytes(draw.randrange(256) for _ in range(length))
        else:
            del data[at:]
    return bytes(data)


ODD = (
    None, True, False, -1, 0, 1, 2**70, -(2**63), 1e308, -0.5, "", "x", "\ud800", "NaN", [], {}, [[]], [None], {"": None}, "é" * 3000,
    "whytransfer/audit/2", "builtins", "eval", "subprocess",
)  # fmt: skip


def altered(content: bytes, draw: random.Random) -> bytes:
    """A change that keeps the outer form: a value in JSON, a member of an archive, a cell of a text."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        chosen = draw.choice(list(members))
        members[chosen] = altered(members[chosen], draw)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, part in members.items():
                archive.writestr(name, part)
        return stream.getvalue()
    if content.startswith(b"\x1f\x8b"):
        return gzip.compress(altered(gzip.decompress(content), draw), compresslevel=1)
    if content.startswith(b"{") and b"\n{" not in content:
        document = json.loads(content)
        for _ in range(draw.randint(1, 3)):
            _replace_leaf(document, draw)
        return json.dumps(document).encode()
    if content[:4] in (b"PAR1", b"ARRO", b"\x93NUM"):
        return mutated(content, content, draw)
    lines = content.split(b"\n")
    at = draw.randrange(len(lines))
    cells = lines[at].split(b",")
    cells[draw.randrange(len(cells))] = draw.choice(CELLS)
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _replace_leaf(document: object, draw: random.Random) -> None:
    """Go down a random way and put something odd at its end, or take something out."""
    while True:
        keys = list(document) if isinstance(document, dict) else list(range(len(document)))  # type: ignore[call-overload, arg-type]
        if not keys:
            return
        key = draw.choice(keys)
        below = document[key]  # type: ignore[index]
        if not isinstance(below, dict | list) or not below or draw.random() < 0.2:
            if draw.random() < 0.2:
                del document[key]  # type: ignore[attr-defined]
            else:
                document[key] = draw.choice(ODD)  # type: ignore[index]
            return
        document = below


def fuzz(inputs: int, seed: int, folder: Path) -> tuple[collections.Counter[str], list[str]]:
    """How each reader answered, and the crashes.

    Parameters
    ----------
    inputs : int
        How many, shared evenly by the readers.
    seed : int
        The same seed makes the same inputs.
    folder : Path
        Where the files are put.
    """
    draw = random.Random(seed)
    whole, read = seeds(), readers()
    (folder / "audit.json").write_bytes(whole["audit"][0])
    every = [content for contents in whole.values() for content in contents]
    kinds = list(read)
    counts: collections.Counter[str] = collections.Counter()
    crashes = []
    for number in range(inputs):
        kind = kinds[number % len(kinds)]
        path = folder / f"x{draw.choice(['.csv', '.bin', ''])}"
        chosen = draw.choice(whole[kind])
        changed = altered(chosen, draw) if draw.random() < 0.6 else mutated(chosen, draw.choice(every), draw)
        path.write_bytes(changed)
        started = time.perf_counter()
        try:
            read[kind](path)
            counts[f"{kind}: read"] += 1
        except WhyTransferError as error:
            counts[f"{kind}: refused"] += 1
            if "\n" in str(error):
                crashes.append(f"{number} {kind}: a message of several lines: {error}")
        except Exception:  # noqa: BLE001
            counts[f"{kind}: crashed"] += 1
            crashes.append(f"{number} {kind}: {traceback.format_exc(limit=-4)}")
            keep = Path("out/fuzz")
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{seed}-{number}-{kind}").write_bytes(path.read_bytes())
        if time.perf_counter() - started > SLOW:
            crashes.append(f"{number} {kind}: took {time.perf_counter() - started:.1f} s")
        path.unlink()
    return counts, crashes


def main() -> None:
    """Print the counts and every crash."""
    inputs, seed = (int(v) for v in (*sys.argv[1:], *("20000", "0")[len(sys.argv) - 1 :])[:2])
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        counts, crashes = fuzz(inputs, seed, Path(folder))
    for crash in crashes[:40]:
        print(crash)
    for name, count in sorted(counts.items()):
        print(f"{name:26} {count:6}")
    print(f"{inputs} inputs, {len(crashes)} crashes, {time.process_time() - started:.0f} CPU seconds")
    sys.exit(1 if crashes else 0)


if __name__ == "__main__":
    main()
