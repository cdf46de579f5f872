"""What a lot must be to come in, whoever calls the service: page, import or script."""

import datetime as dt
from decimal import Decimal

import pytest

from intake import services
from plant.access import NotAllowed
from plant.inventory.ledger import BadInstant
from plant.inventory.models import Lot
from tests import factories
from tests.factories import kilograms, minutes

NO_CHARGE = ("SLURRY", "POWDER", "CATHODE_FOIL", "ANODE_FOIL", "ELECTRODE_MIX", "DRY_STACK")


@pytest.mark.parametrize("material", NO_CHARGE)
@pytest.mark.parametrize("field", services.CHARGE_FIELDS)
def test_what_holds_no_charge_has_no_figures_of_it(plant, material, field):
    value = minutes(0) if field == "charge_measured_at" else Decimal("0.5") if "ratio" in field else 3

    with pytest.raises(services.BadCharge) as refusal:
        factories.container(plant, material=material, **{field: value})

    assert refusal.value.field == field
    assert not Lot.objects.exists()


def test_it_became_scrap_before_it_was_received(plant):
    day = dt.date(2026, 6, 10)

    assert factories.container(plant, generated_on=day).lot.generated_on == day
    with pytest.raises(BadInstant) as refusal:
        factories.container(plant, generated_on=day + dt.timedelta(days=1))
    assert refusal.value.field == "generated_on"


def test_our_own_outputs_are_not_received(plant):
    with pytest.raises(services.NotScrap):
        factories.container(plant, material="BLACK_MASS")
    with pytest.raises(services.NotScrap):
        factories.container(plant, origin=Lot.Origin.OWN_PROCESS)


def test_a_manager_does_not_receive(plant):
    with pytest.raises(NotAllowed):
        factories.container(plant, by=plant.users["manager"], receipt=factories.receipt(plant))


def test_the_next_container_is_of_the_same_lot_and_load(plant):
    first = factories.container(plant, 1000)

    second = services.receive_another(
        lot=first.lot,
        kind=plant.kinds["GAYLORD"],
        reading=kilograms(500),
        bay=plant.locations["A-02"],
        by=plant.users["operator"],
        now=minutes(5),
    )

    assert (first.reference, second.reference) == ("L-2026-000001-01", "L-2026-000001-02")
    assert second.lot == first.lot


def test_a_lot_without_a_receipt_takes_no_arrivals(plant):
    lot = factories.container(plant).lot
    lot.receipt_lot.delete()

    with pytest.raises(services.NotScrap):
        services.receive_another(
            lot=lot,
            kind=plant.kinds["GAYLORD"],
            reading=kilograms(500),
            bay=plant.locations["A-02"],
            by=plant.users["operator"],
            now=minutes(5),
        )


def test_the_status_is_proposed_by_supplier_then_by_type_then_not_at_all(plant):
    cells, foil = plant.materials["FORMED_CELL"], plant.materials["CATHODE_FOIL"]
    services.define_proposal(
        site=plant.site,
        material=foil,
        supplier=plant.parties["LGES"],
        status=plant.statuses["HAZARDOUS_WASTE"],
        basis="Determination of 3 May",
    )

    def proposed(supplier: str, material: object) -> str:
        proposal = services.propose_status(site=plant.site, supplier=plant.parties[supplier], material=material)
        return proposal.status.code if proposal else ""

    assert proposed("LGES", foil) == "HAZARDOUS_WASTE"
    assert proposed("TBMNC", foil) == "NOT_SOLID_WASTE"
    assert proposed("LGES", cells) == "UNIVERSAL_WASTE"
    assert proposed("LGES", plant.materials["BLACK_MASS"]) == ""


def test_a_new_lot_starts_with_the_proposal_undecided(plant):
    lot = factories.container(plant).lot

    assert lot.regulatory_status.code == "NOT_SOLID_WASTE"
    assert "40 CFR 261.2" in lot.regulatory_basis
    assert (lot.regulatory_decided_by, lot.regulatory_decided_at) == (None, None)
