"""THEORY E27: err_T ≤ version space ≤ localised ≤ Lagrangian ≤ disparity ≤ HΔH, on finite problems, by the public methods."""

import numpy as np
import pytest

from whytransfer.hypotheses import Thresholds

EXACT = 1e-12
H = Thresholds()


def problem(seed, outside=False):
    """About twelve rows with ties, labels that a threshold fits in part, and an h in H or outside it."""
    rng = np.random.default_rng([seed, outside])
    n, m = rng.integers(2, 8, size=2)
    values = rng.integers(3, 12)
    xs, xt = rng.integers(0, values, n).astype(float), rng.integers(0, values, m).astype(float)
    cut, moved = rng.uniform(0, values, 2)
    ys = (xs > cut) ^ (rng.random(n) < 0.2)
    yt = (xt > (cut if rng.random() < 0.5 else moved)) ^ (rng.random(m) < 0.2)
    if outside:
        answers = rng.integers(0, 2, values)
        h = (answers[xs.astype(int)], answers[xt.astype(int)])
    else:
        rule = H.erm(xs, np.stack([ys, ~ys], axis=1).astype(float))
        if rng.random() < 0.5:
            rule = H.erm(xs, rng.normal(size=(n, 2)))
        h = (rule.predict(xs), rule.predict(xt))
    return xs, ys.astype(int), xt, yt.astype(int), h


def bounds(seed, outside=False):
    """err_T and the bounds on it from the sharpest to the loosest; the populations are the samples."""
    xs, ys, xt, yt, h = problem(seed, outside)
    labels = {"classes": (0, 1)}
    err_s, err_t = np.mean(h[0] != ys), np.mean(h[1] != yt)
    lam = H.adaptability(xs, ys, xt, yt, **labels)
    sigma, tau = lam.detail["source_part"], lam.detail["target_part"]
    return np.array(
        [
            err_t,
            tau + H.version_space(h, xs, ys, xt, sigma=sigma, **labels).estimate,
            lam.estimate
            + H.lagrangian(
                h, xs, ys, xt, level=lam.estimate if lam.estimate <= 1 else 1.0, **labels
            ).estimate,
            lam.estimate + H.lagrangian(h, xs, ys, xt, **labels).estimate,
            err_s + H.disparity(h, xs, xt, **labels).estimate + lam.estimate,
            err_s + H.discrepancy(xs, xt, h=h, **labels).estimate + lam.estimate,
            err_s + H.discrepancy(xs, xt).estimate + lam.estimate,
            err_s + H.disparity(h, xs, xt, **labels).estimate,
        ]
    )


CORRECTED, UNCORRECTED, WITHOUT_LAMBDA = 5, 6, 7


def ordering_of(seeds, *, outside):
    values = np.array([bounds(seed, outside) for seed in seeds])
    rises = np.diff(values[:, : CORRECTED + 1], axis=1)
    assert rises.min() >= -EXACT, (
        f"seed {seeds[int(rises.min(axis=1).argmin())]}: {values[rises.min(axis=1).argmin()]}"
    )
    return values


@pytest.fixture(scope="module")
def inside():
    return ordering_of(range(400), outside=False)


def test_the_bounds_are_ordered_for_h_in_the_class(inside):
    # In H the join with h changes nothing, and no bound is the other one in disguise.
    assert np.abs(inside[:, CORRECTED] - inside[:, UNCORRECTED]).max() <= EXACT
    assert (np.diff(inside[:, : CORRECTED + 1], axis=1).max(axis=0) > 0.1).all()


def test_the_bounds_are_ordered_for_h_outside_and_only_the_joined_hdh_holds():
    values = ordering_of(range(250), outside=True)
    # The control that must fail: HΔH of H alone, for an h outside H.
    assert (values[:, UNCORRECTED] < values[:, 0] - EXACT).sum() >= 3
    assert (values[:, CORRECTED] >= values[:, 0] - EXACT).all()


def test_without_lambda_the_disparity_bound_fails(inside):
    assert (inside[:, WITHOUT_LAMBDA] < inside[:, 0] - EXACT).sum() >= 10


@pytest.mark.coverage
@pytest.mark.parametrize("outside", [False, True])
def test_ten_thousand_problems(outside):
    values = ordering_of(range(10_000), outside=outside)
    if outside:
        assert (values[:, UNCORRECTED] < values[:, 0] - EXACT).any()


# The same 10,000 problems and more by one vectorised listing, which shares no code with the package --------------------


def listed(batch, n, m, values, rng):
    """err_T and the bounds for `batch` problems at once; members are listed as (values + 1) cuts in both orientations."""
    cuts = np.arange(values + 1)
    left = (np.arange(values)[None, :] < cuts[:, None]).astype(int)
    members = np.concatenate([left, 1 - left])  # (2 values + 2, values)
    xs, xt = rng.integers(0, values, (batch, n)), rng.integers(0, values, (batch, m))
    ys, yt = rng.integers(0, 2, (batch, n)), rng.integers(0, 2, (batch, m))
    own = members[rng.integers(0, len(members), batch)]
    h_s, h_t = np.take_along_axis(own, xs, 1), np.take_along_axis(own, xt, 1)
    on_s, on_t = members[:, xs], members[:, xt]  # (H, batch, ·)
    e_s, e_t = (on_s != ys).mean(-1), (on_t != yt).mean(-1)
    d_s, d_t = (on_s != h_s).mean(-1), (on_t != h_t).mean(-1)
    lam, best = (e_s + e_t).min(0), (e_s + e_t).argmin(0)
    pick = np.arange(batch)
    sigma, tau = e_s[best, pick], e_t[best, pick]
    err_s, err_t = (h_s != ys).mean(-1), (h_t != yt).mean(-1)
    space = np.where(e_s <= sigma + 1e-9, d_t, -np.inf).max(0)
    local = np.where(e_s <= lam + 1e-9, d_t - e_s, -np.inf).max(0)
    hdh = np.zeros(batch)
    for one_s, one_t in zip(on_s, on_t, strict=True):
        hdh = np.maximum(hdh, np.abs((on_t != one_t).mean(-1) - (on_s != one_s).mean(-1)).max(0))
    return np.stack(
        [
            err_t,
            tau + space,
            lam + local,
            lam + (d_t - e_s).max(0),
            err_s + (d_t - d_s).max(0) + lam,
            err_s + hdh + lam,
        ]
    )


def test_ten_thousand_listed_problems_have_no_exception():
    rng = np.random.default_rng(27)
    values = np.concatenate([listed(2000, *rng.integers(3, 9, 2), 6, rng) for _ in range(5)], axis=1)
    assert values.shape == (6, 10_000)
    assert np.diff(values, axis=0).min() >= -EXACT
