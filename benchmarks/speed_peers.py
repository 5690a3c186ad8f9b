"""The alternatives of `benchmarks.speed`: other libraries' calls, and what they do where they are not installed."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.peers.environments import LOCKS, Environment, environment

ENVIRONMENTS = Path(__file__).resolve().parents[1] / "out" / "environments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds on the wall, and of all processors."""

    wall: float
    cpu: float


def scipy_w1(s: np.ndarray, t: np.ndarray) -> float:
    """SciPy."""
    from scipy.stats import wasserstein_distance

    return float(wasserstein_distance(s, t))


def pot_w1(s: np.ndarray, t: np.ndarray) -> float:
    """POT."""
    import ot

    return float(np.squeeze(ot.wasserstein_1d(s, t)))


def stump_pairs_of_one(s: np.ndarray, t: np.ndarray) -> float:
    """The xor of two columns at all pairs of cuts: the brute force, on one of 190 pairs and a twentieth of the rows."""
    rows, weight = np.concatenate([s, t]), np.repeat([1 / len(s), -1 / len(t)], [len(s), len(t)])
    below = [(rows[:, [j]] <= rows[:, j]).astype(float) for j in (0, 1)]
    single = [weight @ b for b in below]
    both = below[0].T @ (below[1] * weight[:, np.newaxis])
    return float(np.abs(single[0][:, np.newaxis] + single[1] - 2 * both).max())


def product_and_exp(s: np.ndarray, t: np.ndarray, bandwidth: float, block: int = 1000) -> float:
    """The floor of any exact quadratic MMD without symmetry: a matrix product and an exp of three blocks of pairs, summed."""
    total = 0.0
    for a, b in ((s, s), (t, t), (s, t)):
        for i in range(0, len(a), block):
            matrix = a[i : i + block] @ b.T
            matrix *= -1 / (2 * bandwidth**2)
            total += float(np.exp(matrix, out=matrix).sum())
    return total


def elsewhere(kind: str, X: np.ndarray, Y: np.ndarray, relabellings: int) -> Spent:
    """What a test of two samples took in the environment of benchmarks/peers/fuse.txt, which is made where it is not there yet."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.npz"
        np.savez(rows, X=X, Y=Y)
        python = Environment(name="fuse", folder=ENVIRONMENTS).make()
        threads = int(os.environ.get("OMP_NUM_THREADS", "2"))
        variables = environment(threads)
        if threads == 1:
            # XLA counts processors and asks no variable of OpenMP.
            variables["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        command = [str(python), str(LOCKS / "run_fuse.py"), kind, str(rows), str(relabellings)]
        done = subprocess.run(command, capture_output=True, text=True, env=variables, check=False)
        if done.returncode:
            raise RuntimeError(f"{kind}: {done.stderr[-1000:]}")
        found = json.loads(done.stdout.splitlines()[-1])
    return Spent(wall=found["wall"], cpu=found["cpu"])
