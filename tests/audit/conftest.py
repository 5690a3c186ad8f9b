"""Audits that many tests look at, and the reference classes they may be judged by."""

import pytest

import whytransfer as wt
from tests.audit import cases
from whytransfer.backtest import Reference, shipped


@pytest.fixture(scope="session")
def with_labels():
    """An audit with every target label, all bounds run."""
    return wt.audit(cases.labelled(), tolerance=0.5)


@pytest.fixture(scope="session")
def without_labels():
    """An audit of the same rows without any target label."""
    return wt.audit(cases.unlabelled(), tolerance=0.5)


def _judged_by(found, monkeypatch):
    shipped.cache_clear()
    monkeypatch.setattr(Reference, "of", classmethod(lambda cls, data: found))


@pytest.fixture
def near(monkeypatch):
    """Every problem is like the reference transfers: estimates may decide."""
    _judged_by(cases.reference(typical=True), monkeypatch)
    yield
    shipped.cache_clear()


@pytest.fixture
def far(monkeypatch):
    """No problem is like the reference transfers: no estimate may decide."""
    _judged_by(cases.reference(typical=False), monkeypatch)
    yield
    shipped.cache_clear()


@pytest.fixture
def without_back_test(monkeypatch):
    """Audits that run no estimator on pseudo-targets: half of a small audit's time, and no part in what these tests ask.

    `test_backtest` asks models of several makes; the tests of containers, of hard input and of results, and both audits above have it.
    """
    monkeypatch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)
