"""What every peer's script does around its own measuring; needs numpy only, and runs in the peer's environment.

``python run_<peer>.py ROWS OUT.json`` reads each ``ROWS/<pair>.npz`` in turn and keeps what it found of it under the pair's name in OUT.json, at once, with seconds
on the wall and of the processor. A pair is measured again only when its rows or the script have changed. The files hold no label of the target.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np


def main(packages: tuple[str, ...], measure: Callable[[dict[str, np.ndarray]], dict]) -> None:
    """Measure what is missing.

    Parameters
    ----------
    packages : tuple of str
        Whose versions are printed and kept.
    measure : callable
        From a pair's arrays to figures that JSON holds; what it raises is kept as ``failed``.
    """
    start = time.process_time()  # of the whole process so far: Python and the peer's imports
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    kept = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    versions = {name: importlib.metadata.version(name) for name in packages}
    script = hashlib.sha256(Path(sys.argv[0]).read_bytes() + json.dumps(versions).encode()).hexdigest()[:16]
    print(", ".join(f"{name} {version}" for name, version in versions.items()), flush=True)
    pairs = kept.get("pairs", {})
    for path in sorted(folder.glob("*.npz")):
        if path.name.endswith(".part.npz"):
            continue  # a file that was being written when its run was stopped
        made = script + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        if pairs.get(path.stem, {}).get("made") == made:
            continue
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            found = measure(arrays)
        except Exception as error:  # noqa: BLE001  (a peer may raise anything; it is kept and said)
            traceback.print_exc(limit=2)
            found = {"failed": f"{type(error).__name__}: {error}"[:200]}
        found |= {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "made": made}
        pairs[path.stem] = found
        kept = {
            "versions": versions,
            "start": start,
            "peak": max(kept.get("peak", 0.0), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "pairs": pairs,
        }
        half = out.with_suffix(".part")
        half.write_text(json.dumps(kept), encoding="utf-8")
        half.rename(out)
        print(f"  {path.stem} {found['wall']:.1f} s {found.get('failed', '')}", flush=True)
