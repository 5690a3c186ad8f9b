"""Two-sample tests with a kernel beside ours: ``run_fuse.py jax|hyppo ROWS.npz RELABELLINGS``. Runs in its own environment; benchmarks/speed.py times it.

``jax``: MMD-FUSE (Biggs, Schrab and Gretton 2023) in JAX, written straight from the paper as its authors' program does it: kernel matrices of all
pairs, single precision, three products with the relabelled indicators a kernel, all in one compiled function. ``hyppo``: its permutation test of MMD,
one Gaussian kernel. Compiling is not counted. Prints the seconds of the call, on the wall and of all processors, as JSON.
"""

import json
import sys
import time

import numpy as np

BANDWIDTHS = 10


def main(kind: str, rows: str, relabellings: int) -> None:
    with np.load(rows) as kept:
        X, Y = kept["X"], kept["Y"]
    call = (by_jax if kind == "jax" else by_hyppo)(X, Y, relabellings)
    wall, cpu = time.perf_counter(), time.process_time()
    p = call()
    print(
        json.dumps(
            {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "p_value": float(p)}
        )
    )


def by_jax(X: np.ndarray, Y: np.ndarray, relabellings: int):
    import jax
    import jax.numpy as jnp

    n, m, N = float(len(X)), float(len(Y)), len(X) + len(Y)

    def fuse(Z, key):
        order = jax.vmap(lambda one: jax.random.permutation(one, N))(jax.random.split(key, relabellings))
        order = jnp.concatenate([order, jnp.arange(N)[None]])
        zeros, ones = (
            jnp.concatenate([jnp.full(len(X), a), jnp.full(len(Y), b)]) for a, b in ((1.0, 0.0), (0.0, -1.0))
        )
        of_source, of_target = zeros[order].T, ones[order].T
        both = of_source + of_target
        statistics = []
        for metric in ("euclidean", "cityblock"):
            distances = jax.lax.map(
                lambda z, metric=metric: (
                    jnp.sqrt(((z - Z) ** 2).sum(axis=1))
                    if metric == "euclidean"
                    else jnp.abs(z - Z).sum(axis=1)
                ),
                Z,
            )
            low, high = jnp.quantile(distances[jnp.triu_indices(N, 1)], jnp.array([0.05, 0.95]))
            for scale in jnp.geomspace(low / 2, 2 * high, BANDWIDTHS):
                exponent = distances / scale
                K = jnp.exp(-(exponent**2) / 2 if metric == "euclidean" else -exponent)
                K = K.at[jnp.diag_indices(N)].set(0.0)
                std = jnp.sqrt((K**2).sum() / (float(N) * (N - 1)))
                value = (
                    (of_source * (K @ of_source)).sum(axis=0) * (m - n + 1) / (n * m * (n - 1))
                    + (of_target * (K @ of_target)).sum(axis=0) * (n - m + 1) / (n * m * (m - 1))
                    + (both * (K @ both)).sum(axis=0) / (n * m)
                )
                statistics.append(value / std * jnp.sqrt(m * (m - 1)))
        powers = jnp.array(statistics)
        highest = powers.max(axis=0)
        fused = highest + jnp.log(jnp.exp(powers - highest).mean(axis=0))
        return (fused >= fused[-1]).mean()

    Z, key = jnp.asarray(np.concatenate([X, Y]), dtype=jnp.float32), jax.random.PRNGKey(0)
    made = jax.jit(fuse).lower(Z, key).compile()
    return lambda: made(Z, key).block_until_ready()


def by_hyppo(X: np.ndarray, Y: np.ndarray, relabellings: int):
    import warnings

    from hyppo.ksample import MMD

    warnings.simplefilter("ignore")
    MMD().test(X[:100], Y[:100], reps=3, auto=False)
    return lambda: MMD().test(X, Y, reps=relabellings, auto=False, workers=1)[1]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
