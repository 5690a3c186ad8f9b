"""``python -m benchmarks.fuzz_guided [CPU seconds] [seed]``: coverage-guided fuzzing of every reader, by atheris (libFuzzer).

atheris is no dependency: ``make fuzz`` makes an environment with it under ``.venv-fuzz``. The package's code is instrumented, the
libraries' is not. The seed corpus are the whole files of `benchmarks.fuzz.seeds`; a third of the changes are libFuzzer's own, the
others those of `benchmarks.fuzz`, which keep the outer form of JSON, archives and tables, so that what lies behind a checksum or a bracket
is reached. Anything but an answer or an InputError of one line is a finding: it is written to ``out/fuzz_guided`` with its traceback,
and the fuzzer goes on. The record is printed and written to ``docs/benchmarks/fuzz_guided.txt``; the exit code is 1 when there was a finding.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from benchmarks.fuzz import SLOW, altered, mutated, readers, seeds

RECORD = Path(__file__).parents[1] / "docs" / "benchmarks" / "fuzz_guided.txt"
KEEP = Path("out/fuzz_guided")
SHARES = {"table": 4}
"""Of the time, in parts; the others have one each. Tables have six formats, and come from strangers most often."""
LARGEST = 2**20
"""Bytes of an input: the largest seed, the shipped reference class, is a third of it."""
MEGABYTES = 6000
"""Of memory, beyond which libFuzzer ends the reader: that is a finding too."""


def fuzz_one(kind: str, budget: float, seed: int, corpus: Path) -> None:
    """Fuzz one reader in this process for `budget` seconds of CPU time, write the counts beside the corpus, and leave."""
    import atheris

    with atheris.instrument_imports(include=["whytransfer"]):
        read = readers()[kind]
        from whytransfer.errors import WhyTransferError
    whole = [path.read_bytes() for path in sorted(corpus.iterdir())]
    folder = Path(tempfile.mkdtemp(dir=corpus.parent))
    (folder / "audit.json").write_bytes((corpus.parent / "audit.json").read_bytes())
    draw = random.Random(seed)
    counts = {"executions": 0, "read": 0, "refused": 0}
    found: dict[str, str] = {}
    started = time.process_time()

    def keep(what: str, data: bytes, told: str) -> None:
        if what not in found:
            KEEP.mkdir(parents=True, exist_ok=True)
            name = f"{kind}-{hashlib.sha256(data).hexdigest()[:12]}"
            (KEEP / name).write_bytes(data)
            (KEEP / f"{name}.txt").write_text(told)
            found[what] = name

    def test(data: bytes) -> None:
        if time.process_time() - started > budget:
            counts["cpu_seconds"] = round(time.process_time() - started)
            (corpus.parent / f"{kind}.json").write_text(json.dumps({**counts, "findings": found}))
            os._exit(0)  # atheris has no other way to stop in between without a finding
        path = folder / f"x{('.csv', '.bin', '')[len(data) % 3]}"
        path.write_bytes(data)
        counts["executions"] += 1
        before = time.process_time()
        try:
            read(path)
            counts["read"] += 1
        except WhyTransferError as error:
            counts["refused"] += 1
            if "\n" in str(error):
                keep("a message of several lines", data, str(error))
        except Exception as error:  # noqa: BLE001
            last = traceback.extract_tb(error.__traceback__)[-1]
            keep(
                f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}",
                data,
                traceback.format_exc(),
            )
        if time.process_time() - before > SLOW:
            keep("slow", data, f"took {time.process_time() - before:.1f} CPU seconds")

    def change(data: bytes, largest: int, _: int) -> bytes:
        turn = draw.random()
        try:
            if turn < 1 / 3:
                changed = altered(data, draw)
            elif turn < 2 / 3:
                changed = mutated(data, draw.choice(whole), draw)
            else:
                changed = atheris.Mutate(data, largest)
        except Exception:  # noqa: BLE001  (its form is broken already, so that no change can keep it)
            changed = atheris.Mutate(data, largest)
        return bytes(changed[:largest])

    flags = [f"-seed={seed + 1}", f"-max_len={LARGEST}", "-len_control=0", f"-rss_limit_mb={MEGABYTES}", "-timeout=120", "-report_slow_units=1000000", f"-artifact_prefix={corpus.parent}/", "-verbosity=0"]  # fmt: skip
    atheris.Setup([sys.argv[0], *flags, str(corpus)], test, custom_mutator=change)
    atheris.Fuzz()


def fuzz_all(seconds: float, seed: int) -> list[str]:
    """Fuzz every reader in a process of its own, all at once; the lines of the record."""
    whole = seeds()
    parts = sum(SHARES.get(kind, 1) for kind in whole)
    lines = [
        f"{'reader':14} {'CPU s':>6} {'executions':>11} {'read':>8} {'refused':>8} {'new cover':>10}  findings"
    ]
    total = [0, 0, 0]
    with tempfile.TemporaryDirectory() as name:
        running = {
            kind: _started(kind, seconds * SHARES.get(kind, 1) / parts, seed, whole, Path(name) / kind)
            for kind in whole
        }
        for kind, process in running.items():
            _, told = process.communicate()
            record = Path(name) / kind / f"{kind}.json"
            if not record.is_file():
                # libFuzzer ended it: out of memory, a deadlock, or compiled code that aborted.
                lines.append(f"{kind:14} ended with code {process.returncode}: {told[-300:]}")
                total[2] += 1
                continue
            said = json.loads(record.read_text())
            new = len(list((Path(name) / kind / "corpus").iterdir())) - len(set(whole[kind]))
            found = "; ".join(f"{k} ({v})" for k, v in said["findings"].items()) or "none"
            lines.append(
                f"{kind:14} {said['cpu_seconds']:6} {said['executions']:11} {said['read']:8} {said['refused']:8} {new:10}  {found}"
            )
            total = [
                total[0] + said["cpu_seconds"],
                total[1] + said["executions"],
                total[2] + len(said["findings"]),
            ]
    return [*lines, f"{'all':14} {total[0]:6} {total[1]:11} {'':28}  {total[2] or 'none'}"]


def _started(
    kind: str, budget: float, seed: int, whole: dict[str, list[bytes]], folder: Path
) -> subprocess.Popen[str]:
    """The process that fuzzes one reader, with its seed corpus in `folder`."""
    (folder / "corpus").mkdir(parents=True)
    (folder / "audit.json").write_bytes(whole["audit"][0])
    for content in whole[kind]:
        (folder / "corpus" / hashlib.sha256(content).hexdigest()).write_bytes(content)
    arguments = ["--reader", kind, str(budget), str(seed), str(folder / "corpus")]
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.fuzz_guided", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    """Fuzz every reader, or, as its child, one."""
    if sys.argv[1:2] == ["--reader"]:
        kind, budget, seed, corpus = sys.argv[2:]
        fuzz_one(kind, float(budget), int(seed), Path(corpus))
        return
    seconds, seed = (int(v) for v in (*sys.argv[1:], *("660", "0")[len(sys.argv) - 1 :])[:2])
    from importlib.metadata import version

    lines = fuzz_all(seconds, seed)
    text = "\n".join(
        [
            f"python -m benchmarks.fuzz_guided {seconds} {seed}   (atheris {version('atheris')}, Python {sys.version.split()[0]})",
            "new cover: inputs kept because they reached code of the package that none before had reached",
            "",
            *lines,
        ]
    )
    print(text)
    RECORD.write_text(text + "\n")
    sys.exit(0 if lines[-1].endswith("none") else 1)


if __name__ == "__main__":
    main()
