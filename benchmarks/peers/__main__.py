"""Peers on the same rows: ``python -m benchmarks.peers``.

Draws pairs by rule, measures ours, makes the peers' environments from their lock files, lets each measure the same rows there with one thread, and writes
docs/benchmarks/peers.md. Everything is kept in ``--cache`` (out/peers, which git ignores) pair by pair, so that a run that was stopped goes on where it was.

``--pairs-per-set K`` (1) takes at most so many ordered pairs of a data set; ``--only TEXT`` only data sets whose name holds it; ``--tables`` measures nothing and writes from
what is in the cache. Without the shared data beside the checkout only the tables of the package registry, of scikit-learn and of NannyML are used. A run of ``--only`` prints
the page and writes none.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from benchmarks.peers import ours, simulated, tables
from benchmarks.peers.environments import PEERS, THREADS, Environment, NotInstalledError
from benchmarks.peers.pairs import TABLES, WIDE, found
from benchmarks.problems import Pair

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "peers.md"
SCRIPTS = {
    "nannyml": "run_nannyml.py",
    "evidently": "run_evidently.py",
    "frouros": "run_frouros.py",
    "alibi-detect": "run_alibi.py",
    "skada": "run_skada.py",
    "pot": "run_pot.py",
    "adapt": "run_adapt.py",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", default="", help="data sets whose name holds this")
    parser.add_argument("--pairs-per-set", type=int, default=1, metavar="K")
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "peers")
    parser.add_argument("--tables", action="store_true", help="write from what was measured")
    options = parser.parse_args()
    cache = options.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    missing = {} if options.tables else made(cache)
    groups = found(cache, options.pairs_per_set, options.only)
    if not options.tables:
        measure(groups, cache, missing)
    text = page(groups, cache, options.pairs_per_set, missing)
    print(text)
    if not options.only:
        PAGE.write_text(text, encoding="utf-8")


def made(cache: Path) -> dict[str, str]:
    """Make every environment; those that can't be made with pip's message."""
    missing = {}
    for name in PEERS:
        try:
            Environment(name=name, folder=cache / "environments").make()
        except NotInstalledError as error:
            missing[name] = str(error)
        print(f"environment {name}: {missing.get(name, 'there')}", flush=True)
    (cache / "missing.json").write_text(json.dumps(missing), encoding="utf-8")
    return missing


def measure(groups: dict[str, list[Pair]], cache: Path, missing: dict[str, str]) -> None:
    """Ours first, as the peers read what it writes; then each peer."""
    for pair in (pair for pairs in groups.values() for pair in pairs):
        ours.measure(pair, cache)
        print(f"ours: {pair.name}", flush=True)
    timed = [[pair.data_set, str(pair.source), str(pair.target)] for pair in first(groups["unseen"])]
    subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.ours", str(cache)],
        input=json.dumps(timed),
        text=True,
        env={**os.environ, **{f"{name}_NUM_THREADS": "1" for name in THREADS}},
        cwd=ROOT,
        check=True,
    )
    for name, script in SCRIPTS.items():
        if name not in missing:
            peer = Environment(name=name, folder=cache / "environments")
            peer.run(script, str(cache / "rows"), str(cache / f"{name}.json"))
    if "nannyml" not in missing and not (cache / "dle.json").exists():
        Environment(name="nannyml", folder=cache / "environments").run("run_dle.py", str(cache / "dle.json"))
    if "skada" not in missing and not (cache / "simulated.json").exists():
        peer = Environment(name="skada", folder=cache / "environments")
        peer.run("run_simulated.py", str(cache / "simulated"), str(cache / "simulated.json"))


def first(pairs: list[Pair]) -> list[Pair]:
    """One pair of each data set: a whole audit takes longer than all the rest of a pair."""
    return list({pair.data_set: pair for pair in reversed(pairs)}.values())[::-1]


def page(groups: dict[str, list[Pair]], cache: Path, each: int, missing: dict[str, str]) -> str:
    """The whole page."""
    peers = tables.left(cache, PEERS)
    missing = missing or ours.read(cache / "missing.json")
    audited = ours.read(cache / "audits.json")
    many = "one ordered pair" if each == 1 else f"at most {each} ordered pairs"
    made = [one for name, pairs in groups.items() if (one := tables.group(name, pairs, cache, peers))]
    lines = [
        "# Beside the peers, on the same rows",
        "",
        f"Written by `python -m benchmarks.peers`: {many} of each data set of fewer than {WIDE} columns, drawn by the data set's name: the shared data; the first {TABLES} tables of the package",
        "registry that pass the rules of `benchmarks/registry.py`, in the order of their names' hashes; breast cancer and diabetes of scikit-learn; the census of NannyML. At most 2,000 rows of",
        "each domain are drawn, of which half of the source trains a logistic regression; estimates and drift are asked about the other half and the target rows (Frouros' MMD",
        "takes 300 of each, alibi-detect's 400), adaptation about 1,000 target rows. No peer sees a label of the target. Every figure is a mean over data sets, in brackets a 95 % interval",
        "from a bootstrap over data sets, unless it says median.",
        "",
        f"Python {platform.python_version()}; each peer in an environment of its own, locked in `benchmarks/peers/<peer>.txt`, telemetry switched off:",
        "",
        "| peer | versions |",
        "|---|---|",
        *(f"| {name} | {', '.join(f'{k} {v}' for k, v in found['versions'].items())} |" for name, found in peers.items()),
        *(f"| {name} | not measured: it did not install ({message[:200]}) |" for name, message in missing.items()),
        "",
    ]  # fmt: skip
    lines += tables.wins(made, peers, audited)
    for one in made:
        lines += tables.sections(one)
    lines += simulated.section(cache)
    lines += tables.quantity(ours.read(cache / "dle.json"))
    lines += tables.cost(peers, audited)
    if audited:
        lines += [
            f"Those audits were asked for a drop of at most {ours.DROP}: {tables.answers(audited)}. That is harder than the tolerance err_S + {ours.DROP} of the tables above, because an audit",
            "allows for what is not known of err_S as well.",
            "",
        ]
    lines += tables.failures(peers)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
