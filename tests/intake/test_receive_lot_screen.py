"""A container is logged at the scale: in kg or lb, gross and tare or net; what was typed is kept and shown."""

from decimal import Decimal

import pytest

from plant.inventory.models import Container, Holding, Movement
from tests.factories import minutes
from tests.intake.counter import log, receipt_page
from tests.pages import controls, text

# CV-WEIGHBRIDGE of the acceptance cases (calculations.json): 1 lb = 0.45359237 kg exactly, converted once.
WEIGHBRIDGE = {"unit": "lb", "gross": "78460", "tare": "33120", "kind": "HEAP"}
# The pair of the fact sheet, section 2.6: the net is formed in lb; the difference of two rounded masses is another.
PAIR = {"unit": "lb", "gross": "76,740", "tare": "28,620", "kind": "HEAP"}


def saved(client, page, **typed):
    response = log(client, page, **typed)
    assert response.status_code == 303, text(response)
    return client.get(response["Location"]), Container.objects.latest("pk")


@pytest.mark.parametrize(
    ("typed", "net_kg", "shown"),
    [
        ({"gross": "545.5", "tare": "45"}, "500.500", "545.5 kg gross − 45 kg tare = 500.5 kg"),
        ({"net": "1,000"}, "1000.000", "1,000 kg net"),
        ({"unit": "lb", "net": "1000.5"}, "453.819", "1,000.5 lb net"),
        (WEIGHBRIDGE, "20565.878", "78,460 lb gross − 33,120 lb tare = 45,340 lb"),
        (PAIR, "21826.865", "76,740 lb gross − 28,620 lb tare = 48,120 lb"),
    ],
)
def test_the_net_in_kg_is_stored_and_what_was_typed_is_shown(plant, operator, typed, net_kg, shown):
    page, container = saved(operator, receipt_page(plant), **typed)

    assert Holding.objects.get(container=container, location__code="A-01").kg == Decimal(net_kg)
    assert shown in text(page)
    assert f"{Decimal(net_kg):,.3f} kg" in text(page)
    assert container.reference in text(page)


def test_the_lot_carries_what_was_said_of_it(plant, operator):
    _page, container = saved(
        operator, receipt_page(plant), net="500", generated_on="2026-06-01", note="Torn wrap", seal="S-9"
    )

    lot = container.lot
    assert (lot.material.code, lot.chemistry.code, lot.owner.code) == ("CATHODE_FOIL", "NMC811", "GMBI")
    assert (lot.supplier.code, lot.facility.code, lot.origin) == ("LGES", "LANSING", "production_scrap")
    assert lot.generated_on.isoformat() == "2026-06-01"
    assert (container.kind.code, container.seal, container.note) == ("GAYLORD", "S-9", "Torn wrap")


def test_it_was_weighed_now_and_came_when_the_load_came(plant, operator):
    _page, container = saved(operator, receipt_page(plant), net="500")

    received = Movement.objects.get(to_container=container)
    assert received.occurred_at.minute == 30
    assert container.lot.received_at.minute == 0


def test_the_scale_is_named_and_its_unit_is_the_one_read(plant, operator):
    page = receipt_page(plant)

    refused = log(operator, page, scale="DOCK", unit="kg", net="500")
    assert refused.status_code == 422
    assert "Dock platform scale shows lb." in text(refused)

    _page, container = saved(operator, page, scale="DOCK", unit="lb", net="500")
    assert container.weighings.get().scale.code == "DOCK"


def test_nothing_is_weighed_before_its_load_came(plant, operator):
    early = log(operator, receipt_page(plant), net="500", at="2026-06-10T11:00")

    assert early.status_code == 422
    assert "The load came at 2026-06-10 12:00. Enter a time after that." in text(early)


def test_a_late_paper_wants_a_reason_and_takes_it(plant, operator):
    page = receipt_page(plant, at=minutes(-48 * 60), now=minutes(-48 * 60))

    late = log(operator, page, net="500", at="2026-06-08T13:00")
    assert "Type why it is entered late." in text(late)
    assert "reason" in controls(late, "log")

    _page, container = saved(operator, page, net="500", at="2026-06-08T13:00", reason="The network was down")
    assert Movement.objects.get(to_container=container).reason == "The network was down"
