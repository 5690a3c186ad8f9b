"""The truth of every world against closed forms written here, and the digits of THEORY, section E."""

import math
from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm

from whytransfer import lab
from whytransfer.errors import InputError

Phi = norm.cdf
F = Fraction

# world, parameters, key, expected, absolute tolerance: at least one row a world (the guard below counts them).
GOLDEN = [
    # E1: the article's generator, xi = 1/(2n).
    *[
        ("xi", {"xi": step}, key, value, 1e-15)
        for step in (0.1, 0.01, 0.001)
        for key, value in (
            ("wasserstein1", step),
            ("half_line", 2 * step),
            ("interval", 2 * step),
            ("d_h", 4 * step),
            ("d_hdh", 4 * step),
            ("total_variation", 1.0),
            ("discrepancy.thresholds", 2 * step),
            ("discrepancy.intervals", 4 * step),
            ("adaptability.threshold", 1 - 2 * step),
            ("adaptability.threshold_reversed", 1.0),
            ("adaptability.thresholds", 1 - 2 * step),
            ("adaptability.intervals", 1 - 2 * step),
            ("adaptability.intervals(complements=True)", 1 - 2 * step),
            ("adaptability.unions(j=2)", 1 - 4 * step),
            ("adaptability.lipschitz(L=1)", 1 - step),
            ("adaptability.all_functions", 0.0),
            ("error_source", 0.0),
            ("error_target", 1.0),
        )
    ],
    *[("xi", {"xi": 0.1}, f"adaptability.unions(j={j})", 1 - j / 5, 1e-15) for j in range(1, 6)],  # E33
    *[("xi", {"xi": 0.1}, f"adaptability.lipschitz(L={L})", 1 - L / 10, 1e-15) for L in (1, 2, 5)],
    # E2: the paper's, with one more even point.
    *[
        ("xi", {"xi": step, "form": "paper"}, key, value, 1e-15)
        for step, n in ((0.1, 5), (0.01, 50), (0.001, 500))
        for key, value in (
            ("adaptability.thresholds", n / (n + 1)),
            ("interval", 2 / (n + 1)),
            ("half_line", 1 / (n + 1)),
            ("adaptability.intervals(complements=True)", 1 - 2 / (n + 1)),
            ("wasserstein1", step),
        )
    ],
    ("xi", {"xi": "2/23", "form": "paper"}, "adaptability.thresholds", 5 / 6, 1e-15),
    # E5
    *[
        ("gaussians", {"mean": mu}, key, value, 5e-7)
        for mu, tv, error, js, bits in (
            (0.5, 0.197413, 0.401294, 0.030311, 0.043730),
            (1.0, 0.382925, 0.308538, 0.111421, 0.160747),
            (2.0, 0.682689, 0.158655, 0.336831, 0.485944),
        )
        for key, value in (
            ("total_variation", tv),
            ("half_line", tv),
            ("interval", tv),
            ("half_space", tv),
            ("d_h", 2 * (2 * Phi(mu / 2) - 1)),
            ("d_hdh", 2 * (2 * Phi(mu / 2) - 1)),
            ("proxy_a_distance", 2 * (2 * Phi(mu / 2) - 1)),
            ("domain_error", error),
            ("domain_auc", Phi(mu / math.sqrt(2))),
            ("wasserstein1", mu),
            ("wasserstein2", mu),
            ("kl", mu**2 / 2),
            ("kl_reverse", mu**2 / 2),
            ("chi2", math.exp(mu**2) - 1),
            ("hellinger2", 1 - math.exp(-(mu**2) / 8)),
            ("jensen_shannon", js),
            ("jensen_shannon_bits", bits),
        )
    ],
    # E6
    *[
        ("gaussians", {"mean": mu, "dimension": p}, "mmd2", value, 5e-7)
        for mu, p, value in (
            (0.5, 1, 0.047124),
            (1.0, 1, 0.177268),
            (2.0, 1, 0.561858),
            (1.0, 2, 0.102346),
            (1.0, 5, 0.019696),
            (1.0, 10, 0.00126352),
        )
    ],
    # E7: Σ = [[2, .6], [.6, 1]], a − b = (1, −.5): the Mahalanobis length by the explicit inverse.
    (
        "gaussians",
        {"mean": (1.0, -0.5), "covariance": ((2.0, 0.6), (0.6, 1.0))},
        "total_variation",
        2 * Phi(math.sqrt((1 * 1 + 2 * 0.6 * 0.5 + 2 * 0.25) / (2 - 0.36)) / 2) - 1,
        1e-12,
    ),
    (
        "gaussians",
        {"mean": (1.0, -0.5), "covariance": ((2.0, 0.6), (0.6, 1.0))},
        "wasserstein",
        math.hypot(1, 0.5),
        1e-12,
    ),
    # E8
    *[
        ("gaussians", {"mean": 0.0, "scale": sg}, key, value, 5e-7)
        for sg, ks, tv, kl, reverse, mmd2 in (
            (2.0, 0.161337, 0.322675, 0.806853, 0.318147, 0.094187),
            (3.0, 0.242164, 0.484328, 2.901388, 0.654168, 0.203743),
        )
        for key, value in (
            ("half_line", ks),
            ("interval", tv),
            ("total_variation", tv),
            ("wasserstein1", (sg - 1) * math.sqrt(2 / math.pi)),
            ("wasserstein", (sg - 1) * math.sqrt(2 / math.pi)),
            ("wasserstein2", sg - 1),
            ("kl", kl),
            ("kl_reverse", reverse),
            ("mmd2", mmd2),
            ("chi2", math.inf),
        )
    ],
    # E9
    *[
        ("uniforms", {"low": a, "high": 1 + a}, key, a, 1e-12)
        for a in (0.25, 1.0)
        for key in ("wasserstein1", "total_variation", "half_line", "interval")
    ],
    *[
        ("uniforms", {"low": 0.0, "high": c}, key, value, 1e-12)
        for c in (1.5, 4.0)
        for key, value in (
            ("wasserstein1", (c - 1) / 2),
            ("total_variation", 1 - 1 / c),
            ("half_line", 1 - 1 / c),
            ("interval", 1 - 1 / c),
            ("renyi2_reverse", c),
            ("renyi2", math.inf),
        )
    ],
    *[
        ("point_masses", {"distance": e}, key, value, 1e-12)
        for e in (0.01, 2.0)
        for key, value in (
            ("wasserstein1", e),
            ("total_variation", 1.0),
            ("half_line", 1.0),
            ("mmd2", 2 * (1 - math.exp(-e * e / 2))),
        )
    ],
    # E10
    *[
        ("label_shift", {}, key, value, 5e-7)
        for key, value in (
            ("total_variation", 0.273076),
            ("half_line", 0.273076),
            ("interval", 0.273076),
            ("wasserstein1", 0.8),
            ("error_source", 0.158655),
            ("error_target", 0.158655),
            ("bayes_target", 0.070061),
            ("bayes_target_at", -1.098612),
            ("adaptability.thresholds", 0.277497),
            ("adaptability.thresholds_at", -0.423649),
            ("confusion_00", 0.420672),
            ("confusion_01", 0.079328),
            ("sigma_min", 0.341345),
            ("mu_0", 0.226924),
            ("mu_1", 0.773076),
            ("weight_0", 0.2),
            ("weight_1", 1.8),
            ("label_jensen_shannon_bits", 0.146793),
            ("zhao_lower_bits", 0.073397),
            ("tv_lower", 0.4),
        )
    ],
    # E11
    *[
        ("covariate_shift", {}, key, value, 5e-7)
        for key, value in (
            ("error_source", 0.34),
            ("error_target", 0.26),
            ("weighted_error", 0.26),
            ("adaptability.thresholds", 0.2),
            ("renyi2", 2.0),
            ("chi2", 1.0),
            ("ratio", 2.0),
            ("total_variation", 0.5),
            ("half_line", 0.5),
            ("ball.chi2", 0.34 + math.sqrt(0.34 * 0.66)),
            ("ball.ratio", 0.68),
        )
    ],
    ("covariate_shift", {"cut": 0.3}, "error_source", 0.1, 1e-12),
    ("covariate_shift", {"cut": 0.3}, "error_target", 0.1, 1e-12),
    # E12
    ("zhao", {}, "adaptability.intervals", 0.0, 0.0),
    ("zhao", {}, "total_variation", 1.0, 0.0),
    ("zhao", {"aligned": True}, "adaptability.intervals", 1.0, 0.0),
    ("zhao", {"aligned": True}, "adaptability.all_functions", 1.0, 0.0),
    ("zhao", {"aligned": True}, "total_variation", 0.0, 0.0),
    # E13
    ("label_flip", {}, "adaptability.thresholds", 1.0, 0.0),
    ("label_flip", {}, "error_target", 1.0, 0.0),
    ("label_flip", {"n_classes": 3}, "adaptability.constants", 4 / 3, 1e-12),
    ("label_flip", {"n_classes": 3}, "adaptability.all_functions", 1.0, 0.0),
    ("label_flip", {"n_classes": 5, "independent": True}, "adaptability.all_functions", 1.6, 1e-12),
    # E14
    ("rotation", {"angle": math.pi / 6}, "error_target", 0.166667, 5e-7),
    ("rotation", {"angle": math.pi / 6}, "adaptability.half_planes", 1 / 6, 1e-12),
    # E15
    ("location_shift", {}, "error_source", 0.158655, 5e-7),
    ("location_shift", {}, "error_target", 0.5 * 0.5 + 0.5 * Phi(-2), 1e-12),
    ("location_shift", {}, "adaptability.thresholds", 0.375345, 5e-7),
    ("location_shift", {}, "adaptability.thresholds", 2 * 0.5 * (Phi(-0.5) + Phi(-1.5)), 1e-9),
    ("location_shift", {}, "wasserstein1", 1.0, 1e-9),
    # E31
    *[
        ("worked_example", {}, key, value, 5e-7)
        for key, value in (
            ("error_source", 0.156120),
            ("error_target", 0.166647),
            ("discrepancy.thresholds", 0.382925),
            ("adaptability.thresholds", 0.15),
            ("bound.hdh", 0.689045),
            ("disparity.thresholds", Phi(1) - 0.5),
            ("lagrangian.thresholds", Phi(1) - 0.05 - 0.9 * (1 - Phi(0.3))),
            ("version_space.thresholds", Phi(-0.7) - Phi(-1)),
        )
    ],
    # Planted shifts: Gaussian classes at ±1 err Φ(−1); a mean that moves by d is seen by half-lines as 2Φ(d/2) − 1.
    ("no_shift", {}, "error_target", Phi(-1), 1e-12),
    ("no_shift", {"separation": 2.0}, "error_source", Phi(-2), 1e-12),
    ("planted_labels", {}, "half_line", 0.3 * (2 * Phi(1) - 1), 1e-12),
    ("planted_labels", {"target": 0.6}, "wasserstein1", 0.2, 1e-12),
    ("planted_inputs", {}, "interval", 2 * Phi(0.5) - 1, 1e-12),
    # x ~ N(0, 1) and y = 1 with Φ(2x): the sign errs when two independent normal draws disagree, arctan(1/2)/π.
    ("planted_inputs", {}, "error_source", math.atan(0.5) / math.pi, 1e-9),
    ("support_shift", {"by": 0.3}, "foreign", 0.3, 1e-15),
    ("concept_shift", {}, "error_target", Phi(-1.5) * 0.8 + 0.2 * Phi(1.5), 1e-12),
    ("harmless_drift", {"by": 2.0}, "total_variation", 2 * Phi(1) - 1, 1e-12),
    ("harmless_drift", {}, "harm", 0.0, 0.0),
]


@pytest.mark.parametrize(("name", "parameters", "key", "expected", "tolerance"), GOLDEN)
def test_golden(name, parameters, key, expected, tolerance):
    truth = getattr(lab, name)(**parameters).truth
    assert truth[key] == pytest.approx(expected, abs=tolerance)


def test_every_world_is_exported_has_a_golden_row_and_is_callable_by_its_name():
    assert {row[0] for row in GOLDEN} == set(lab.worlds()) == set(lab.WORLDS)
    for name in lab.worlds():
        assert getattr(lab, name) is lab.WORLDS[name]
        assert name in lab.__all__


@pytest.mark.parametrize("name", sorted(lab.WORLDS))
def test_every_world_knows_the_essentials(name):
    world = getattr(lab, name)()
    truth = world.truth
    assert {"error_source", "error_target", "total_variation", "half_line", "interval"} <= set(truth)
    assert all(type(value) is float for value in truth.values())
    assert not any(math.isnan(value) for value in truth.values())
    for key, value in truth.items():
        if key.startswith("adaptability.") and not key.endswith("_at"):
            assert 0 <= value <= 2
        if key.startswith(("discrepancy.", "error_")) or key in ("total_variation", "half_line", "interval"):
            assert 0 <= value <= 1
    assert truth["half_line"] <= truth["interval"] + 1e-12 <= truth["total_variation"] + 2e-12
    known = [
        k
        for k in truth
        if k.startswith("adaptability.") and k.split(".")[1].split("(")[0] in ("thresholds", "intervals")
    ]
    for key in known:
        assert truth["error_source"] + truth["error_target"] >= 0
        assert truth.get("adaptability.all_functions", 0.0) <= truth[key] + 1e-12
    if "adaptability.thresholds" in truth:  # the three-term bound holds for a model of the class
        bound = truth["error_source"] + truth["interval"] + truth["adaptability.thresholds"]
        assert truth["error_target"] <= bound + 1e-12


@pytest.mark.parametrize("name", sorted(lab.WORLDS))
def test_worlds_are_values(name):
    world = getattr(lab, name)
    assert world() == world()
    assert hash(world()) == hash(world())
    with pytest.raises((AttributeError, TypeError)):
        world().anything = 1


class TestXi:
    def test_fractions_are_exact_to_the_last_digit(self):
        exact = lab.xi(xi=F(1, 1000)).exact
        assert exact["adaptability.thresholds"] == F(998, 1000)
        assert exact["adaptability.unions(j=2)"] == F(996, 1000)
        assert exact["wasserstein1"] == F(1, 1000)
        assert lab.xi(xi="1/3").adaptability_lipschitz(F(3, 2)) == F(1, 2)
        assert lab.xi(xi=0.1).adaptability_lipschitz(10) == lab.xi(xi=0.1).adaptability_lipschitz(20) == 0

    @pytest.mark.parametrize("xi", [0.2, 0.3, 0.09, 0.03, 1 / 3, 1 / 7, 1 / 186, 0.5, "2/23", F(3, 10)])
    def test_e4_no_index_error_and_the_right_number_of_points(self, xi):
        world = lab.xi(xi=xi)
        evens, odds = world.points()
        n = 0
        while (2 * n + 1) * world.step <= 1:
            n += 1
        assert len(evens) == len(odds) == n
        assert evens == [2 * k * world.step for k in range(n)]
        assert max(odds) <= 1 < max(odds) + 2 * world.step
        Xs, ys, Xt, yt = world.population()
        assert (len(Xs), len(Xt)) == (n, n)
        assert set(ys) == {1}
        assert set(yt) == {0}

    def test_e4_the_article_s_own_generator_does_fail(self):
        def generate_source_target(xi):
            k = 0
            size = int(1.0 / (2 * xi))
            source = np.zeros((size,))
            while (2 * k + 1) * xi <= 1:
                source[k] = 2 * k * xi
                k += 1
            return source

        with pytest.raises(IndexError):
            generate_source_target(0.2)
        assert generate_source_target(0.1).tolist() == pytest.approx(
            lab.xi(xi=0.1).population()[0][:, 0].tolist()
        )

    def test_the_paper_keeps_the_point_one_and_swaps_the_roles(self):
        world = lab.xi(xi=0.1, form="paper")
        Xs, ys, Xt, yt = world.population()
        assert (len(Xs), len(Xt)) == (5, 6)
        assert Xt.max() == 1.0
        assert (set(ys), set(yt)) == ({0}, {1})
        assert world.model(Xs).tolist() == ys.tolist()
        swapped = lab.xi(xi=0.1, form="paper", source="evens")
        assert swapped.truth == world.truth

    @pytest.mark.parametrize("xi", [0, -0.1, 0.6, "x", None, float("nan"), "1/0"])
    def test_bad_xi(self, xi):
        with pytest.raises(InputError, match="xi: expected"):
            lab.xi(xi=xi)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("xi", {"form": "book"}, "unknown form"),
        ("xi", {"source": "all"}, "evens"),
        ("gaussians", {"scale": 0}, "scale: expected a positive number"),
        ("gaussians", {"mean": (1, 2), "dimension": 3}, "dimension: expected the same"),
        ("gaussians", {"covariance": ((1, 2), (2, 1))}, "positive definite"),
        ("uniforms", {"low": 1, "high": 1}, "high: expected a number above low = 1.0, got 1"),
        ("point_masses", {"distance": 0}, "positive"),
        ("label_shift", {"target": 1.0}, "target: expected"),
        ("covariate_shift", {"noise": 0.5}, "noise"),
        ("covariate_shift", {"low": 1.0}, "low"),
        ("label_flip", {"n_classes": 1}, "n_classes"),
        ("rotation", {"angle": 4}, "angle"),
        ("location_shift", {"shift": 51}, "shift"),
        ("worked_example", {"source_flip": 0.5}, "source_flip"),
    ],
)
def test_bad_parameters_get_one_line(name, parameters, message):
    with pytest.raises(InputError, match=message) as caught:
        getattr(lab, name)(**parameters)
    assert "\n" not in str(caught.value)


NO_NUMBERS = [
    "abc",
    None,
    [1, 2],
    (1,),
    {},
    b"x",
    1j,
    object(),
    True,
    float("nan"),
    float("inf"),
    10**400,
    2e30,
]


@pytest.mark.parametrize("world", [world for name, world in lab.WORLDS.items() if name != "xi"])
def test_parameters_of_another_type_get_one_line(world):
    for field in fields(world):
        if field.type == "bool":
            continue
        for value in NO_NUMBERS:
            if (value is None and str(field.default) == "None") or (field.name, value) == ("mean", (1,)):
                continue
            if field.name == "mean" and value in ([1, 2], True):
                continue
            with pytest.raises(InputError, match=f"{field.name}: expected") as caught:
                world(**{field.name: value})
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [0, -1, 2.5, "5", None, [5], True, float("nan"), 10**30])
def test_bad_sizes(size):
    with pytest.raises(InputError, match="n: expected a whole number from 1 to"):
        lab.zhao().sample(size, 5)
    with pytest.raises(InputError, match="m: expected a whole number from 1 to"):
        lab.zhao().sample(5, size)


@pytest.mark.parametrize("seed", [-1, 2.5, "5", None, 2**32])
def test_bad_seeds(seed):
    with pytest.raises(InputError, match="seed: expected a whole number from 0 to"):
        lab.zhao().sample(5, 5, seed)


@pytest.mark.parametrize("world", [lab.gaussians(), lab.point_masses()])
@pytest.mark.parametrize("bandwidth", [0, -1.0, "1", None])
def test_bad_bandwidths(world, bandwidth):
    with pytest.raises(InputError, match="bandwidth: expected a positive number"):
        world.mmd2(bandwidth)


def test_numbers_of_other_kinds_are_kept_as_floats_and_ints():
    assert lab.rotation(angle=Fraction(1, 2)).angle == 0.5
    assert (
        repr(lab.no_shift(separation=np.float32(2), dimension=np.int64(3)))
        == "NoShift(separation=2.0, dimension=3)"
    )
    assert lab.label_flip(n_classes=3.0).sample(9, 9).classes.tolist() == [0, 1, 2]
