"""What several estimators read off one view is worked out once, and forgotten with it."""

import gc
import weakref
from dataclasses import replace

import numpy as np

from tests.estimators.views import random_view
from whytransfer.backtest.view import once_a_view
from whytransfer.estimators import ESTIMATORS


def test_a_view_is_asked_once_and_another_one_anew():
    asked = []

    @once_a_view
    def found(seen):
        """What it says."""
        asked.append(seen)
        return len(asked)

    one = random_view(0)
    assert [found(one), found(one), found(replace(one)), found(one)] == [1, 1, 2, 1]
    assert found.__doc__ == "What it says."


def test_what_was_found_goes_with_its_view():
    found = once_a_view(lambda seen: np.zeros(3))
    one = random_view(0)
    kept = weakref.ref(found(one))
    assert kept() is not None
    del one
    gc.collect()
    assert kept() is None


def test_estimates_do_not_depend_on_who_was_asked_before():
    kinds = [kind() for kind in ESTIMATORS.values()]

    def said(seen, order):
        return {k.name: k.estimate(seen) for k in order if k.applies(seen) is None}

    assert said(random_view(1), kinds) == said(random_view(1), kinds[::-1])
