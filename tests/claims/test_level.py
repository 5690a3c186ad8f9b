"""Levels and units are closed lists, and their names are the JSON's."""

import pickle

import pytest

from whytransfer.claims import Level, Unit


def test_levels_in_order_of_strength():
    assert [str(level) for level in Level] == ["proved", "conditional", "estimated", "witness"]


@pytest.mark.parametrize("level", list(Level))
def test_every_level_says_what_it_means(level):
    assert len(level.sentence.split()) > 5
    assert Level(str(level)) is level
    assert pickle.loads(pickle.dumps(level)) is level


def test_sentences_differ():
    assert len({level.sentence for level in Level}) == len(Level)


@pytest.mark.parametrize("unit", list(Unit))
def test_units_are_found_by_name(unit):
    assert Unit(str(unit)) is unit


def test_error_and_feature_are_different_units():
    assert Unit.ERROR != Unit.FEATURE
    with pytest.raises(ValueError, match="metres"):
        Unit("metres")
