"""What a divergence declares of itself, checked on every registered one."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.divergences import (
    DIVERGENCES,
    MMD,
    CentralMoments,
    Divergence,
    SecondMoment,
    StumpPairs,
    Wasserstein,
    Wasserstein1,
)

# Not `import whytransfer.divergences as package`: the function of that name stands before the package.
package = importlib.import_module("whytransfer.divergences")

INSTANCES = [
    *(kind() for kind in DIVERGENCES.values() if not kind.of_labels),
    MMD(bandwidth=1.0),
    StumpPairs(n_labels=3),
    Wasserstein1(range=1e4),
    SecondMoment(radius=1e3),
    CentralMoments(range=(-1e3, 1e3)),
    Wasserstein(range=1e4),
]
"""Those of two columns see the first two; those of labels have laws of their own (test_labels)."""

problems = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "n": st.integers(2, 25),
        "m": st.integers(2, 25),
        "p": st.integers(1, 2),
        "tied": st.booleans(),
    }
)


def draw(seed, n, m, p, tied):
    rng = np.random.default_rng(seed)
    shift = rng.integers(0, 3)
    if tied:
        return rng.integers(-3, 4, size=(n, p)).astype(float), rng.integers(-3, 4, size=(m, p)) + float(shift)
    return rng.normal(size=(n, p)), rng.normal(size=(m, p)) + shift


def same(divergence, value, other):
    """Equal up to rounding; MMD before the root, which blows up what rounding leaves of 0."""
    power = 2 if divergence.name == "mmd" else 1
    return value**power == pytest.approx(other**power, rel=1e-9, abs=1e-12)


def over(instances):
    few = settings(max_examples=12, deadline=None)
    marked = [pytest.param(i, id=repr(i)) for i in instances]
    return lambda test: pytest.mark.parametrize("divergence", marked)(few(given(problem=problems)(test)))


def having(law):
    return [i for i in INSTANCES if getattr(i.laws, law) not in (False, None)]


@over(INSTANCES)
def test_on_itself(divergence, problem):
    source, _ = draw(**problem)
    assert divergence.between(source, source.copy()) == divergence.laws.on_itself


@over(INSTANCES)
def test_range(divergence, problem):
    value = divergence.between(*draw(**problem))
    assert value >= divergence.laws.least
    assert divergence.laws.largest is None or value <= divergence.laws.largest


@over(having("symmetric"))
def test_symmetric(divergence, problem):
    source, target = draw(**problem)
    assert same(divergence, divergence.between(source, target), divergence.between(target, source))


@over([*having("row_order"), MMD(bandwidth=1.0)])
def test_row_order(divergence, problem):
    source, target = draw(**problem)
    rng = np.random.default_rng(problem["seed"])
    value = divergence.between(rng.permutation(source), rng.permutation(target))
    assert same(divergence, divergence.between(source, target), value)


@over(having("translation"))
def test_translation(divergence, problem):
    source, target = draw(**problem)
    by = np.arange(1, source.shape[1] + 1) * 4.0
    assert same(divergence, divergence.between(source, target), divergence.between(source + by, target + by))


@over([i for i in INSTANCES if i.laws.degree is not None])
def test_scale(divergence, problem):
    source, target = draw(**problem)
    scaled = divergence.between(source * 4.0, target * 4.0)
    assert scaled == pytest.approx(4.0**divergence.laws.degree * divergence.between(source, target))


@over(having("monotone"))
def test_monotone_maps(divergence, problem):
    source, target = draw(**problem)
    value = divergence.between(source, target)
    assert divergence.between(np.arctan(source), np.arctan(target)) == pytest.approx(value, abs=1e-12)
    assert divergence.between(source**3, target**3) == pytest.approx(value, abs=1e-12)


@over(INSTANCES)
def test_claims_are_well_formed(divergence, problem):
    """Claim itself refuses what is not finite, a lower limit above the upper one, a witness with a confidence."""
    source, target = draw(**problem)
    claim = divergence.claim(source, target, delta=0.1)
    assert claim.id == f"divergence.{divergence.name}"
    assert claim.detail["delta"] == 0.1
    assert claim.detail["convention"]
    assert claim.detail["p_value"] is None
    assert claim.lower is None or claim.lower >= 0.0
    assert None in (claim.upper, claim.estimate) or claim.upper >= claim.estimate
    assert claim.estimate is None or claim.upper is not None or claim.detail["reason"]
    assert (claim.confidence is None) == (claim.lower is None and claim.upper is None)
    if divergence.laws.supremum:
        assert (claim.level == "proved") == (claim.confidence is not None)
    else:
        assert claim.level == "estimated"
        assert [a.id for a in claim.assumptions] == ["exchangeable_with_reference"]


def test_upper_limits_come_from_exact_suprema_only():
    rng = np.random.default_rng(0)
    for divergence in INSTANCES:
        claim = divergence.claim(rng.normal(size=(30, 2)), rng.normal(size=(30, 2)))
        assert claim.upper is None or divergence.laws.supremum, divergence.name


def concrete_divergences():
    """Every class in a module of the package that could be used."""
    for module in pkgutil.iter_modules(package.__path__):
        members = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
        for value in members:
            if inspect.isclass(value) and issubclass(value, Divergence) and not inspect.isabstract(value):
                yield value


def test_every_divergence_is_exported():
    found = set(concrete_divergences())
    assert found == set(DIVERGENCES.values())
    assert {kind.__name__ for kind in found} <= set(package.__all__)
    for name, kind in DIVERGENCES.items():
        assert kind.name == name
        assert kind.__module__.endswith(f".{name}"), "one file a divergence, of its name"


@pytest.mark.parametrize("kind", DIVERGENCES.values(), ids=DIVERGENCES)
def test_class_data(kind):
    assert kind.convention
    assert kind.reference
    assert kind.laws.least <= kind.laws.on_itself
    assert kind.__doc__
    assert ">>>" in kind.__doc__
