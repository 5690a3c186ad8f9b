"""How an assumption is known is part of it."""

import dataclasses
import json

import pytest

from whytransfer.claims import (
    EXCHANGEABLE_WITH_REFERENCE,
    IID,
    NOT_TRAINED_ON_SOURCE,
    Assumption,
    Status,
    declared,
)


@pytest.mark.parametrize("status", [Status.NOT_REJECTED, Status.REJECTED])
def test_a_tested_status_names_its_test(status):
    with pytest.raises(ValueError, match="name the test"):
        Assumption(id="iid", text="independent rows", status=status)
    with pytest.raises(ValueError, match="name the test"):
        IID.with_status(status)
    assert (
        IID.with_status(status, test="runs test, p = 0.2", power="0.9 at lag 0.2").power == "0.9 at lag 0.2"
    )


def test_untested_unless_said():
    assert IID.status is Status.UNTESTED
    assert declared("covariate_shift", "one labelling function").status is Status.DECLARED


def test_with_status_keeps_the_rest_and_the_original():
    rejected = IID.with_status(Status.REJECTED, test="runs test, p = 0.001")
    assert (rejected.id, rejected.text) == (IID.id, IID.text)
    assert IID.status is Status.UNTESTED
    # Going back forgets the test that no longer speaks.
    assert rejected.with_status(Status.UNTESTED).test is None


def test_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        IID.status = Status.DECLARED


def test_json_form():
    data = json.loads(json.dumps(IID.with_status(Status.NOT_REJECTED, test="runs").to_dict()))
    assert data == {"id": "iid", "text": IID.text, "status": "not_rejected", "test": "runs", "power": None}


def test_statuses_are_the_four_of_the_contract():
    assert {str(s) for s in Status} == {"untested", "declared", "not_rejected", "rejected"}


def test_shared_assumptions_have_the_ids_of_the_contract():
    ids = [a.id for a in (IID, NOT_TRAINED_ON_SOURCE, EXCHANGEABLE_WITH_REFERENCE)]
    assert ids == ["iid", "model_not_trained_on_source", "exchangeable_with_reference"]
    assert all(a.text for a in (IID, NOT_TRAINED_ON_SOURCE, EXCHANGEABLE_WITH_REFERENCE))
