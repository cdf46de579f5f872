"""What a lot is by regulation is proposed at the gate and decided by EHS, with the rule or document it rests on."""

import pytest

from plant.inventory.models import Lot
from tests.factories import container, minutes
from tests.pages import send, text

DECISION = {"status": "UNIVERSAL_WASTE", "basis": "40 CFR 273.2, determination of 3 May"}


@pytest.fixture
def lot(plant):
    return container(plant, material="FORMED_CELL", chemistry="NCMA", kind="CRATE", bay="B-01").lot


def test_ehs_decides_and_it_stays_in_the_history(plant, person, lot):
    ehs = person("ehs")

    send(ehs, f"/lots/{lot}/regulatory/", DECISION)

    lot.refresh_from_db()
    assert (lot.regulatory_status.code, lot.regulatory_basis) == tuple(DECISION.values())
    assert (lot.regulatory_decided_by, lot.regulatory_decided_at) == (plant.users["ehs"], minutes(30))
    shown = text(ehs.get(f"/lots/{lot}/"))
    assert "Universal waste, batteries Decided 40 CFR 273.2" in shown
    assert "Decided: Universal waste, batteries 40 CFR 273.2, determination of 3 May" in shown


def test_both_decisions_are_told_when_it_was_decided_again(person, lot, monkeypatch):
    ehs = person("ehs")
    send(ehs, f"/lots/{lot}/regulatory/", DECISION)
    monkeypatch.setattr("plant.inventory.views.now", lambda: minutes(40))

    send(ehs, f"/lots/{lot}/regulatory/", {"status": "HAZARDOUS_WASTE", "basis": "Breached casings"})

    shown = text(ehs.get(f"/lots/{lot}/"))
    assert "Decided: Universal waste, batteries" in shown
    assert "Decided: Hazardous waste Breached casings" in shown


def test_a_decision_names_its_basis(person, lot):
    response = send(person("ehs"), f"/lots/{lot}/regulatory/", DECISION | {"basis": " "}, htmx=True)

    assert response.status_code == 422
    assert "Name the basis: the rule or document the decision rests on." in text(response)
    assert "<html" not in response.content.decode()
    assert Lot.objects.get().regulatory_decided_at is None


@pytest.mark.parametrize("role", ["operator", "supervisor", "manager", "administrator"])
def test_nobody_else_decides(person, lot, role):
    other = person(role)

    assert "Decide" not in text(other.get(f"/lots/{lot}/")).replace("Proposed, not decided", "")
    assert send(other, f"/lots/{lot}/regulatory/", DECISION).status_code == 404
    assert Lot.objects.get().regulatory_decided_at is None


def test_no_proposal_is_shown_as_not_decided(plant, operator, lot):
    Lot.objects.update(regulatory_status=None, regulatory_basis="")

    assert "Not decided" in text(operator.get(f"/lots/{lot}/"))
