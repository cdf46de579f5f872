"""“Save, next container” keeps everything but number and weight; the next one joins the lot or starts another."""

import pytest

from plant.inventory.models import Container, Lot
from tests import factories
from tests.intake.counter import FOIL, log, receipt_page
from tests.pages import form, send, text

NUMBERS = {"gross", "tare", "net", "seal", "once", "csrfmiddlewaretoken"}
CELLS = {
    "material": "FORMED_CELL",
    "origin": "end_of_life",
    "chemistry": "NCMA",
    "owner": "LGES",
    "generated_on": "2026-06-01",
    "condition": "intact",
    "kind": "CRATE",
    "seal": "S-1",
    "piece_count": "310",
    "nominal_energy_kwh": "77.5",
    "state_of_charge_ratio": "28.5",
    "voltage_v": "3.65",
    "charge_measured_at": "2026-06-10T12:10",
    "scale": "DOCK",
    "unit": "lb",
    "gross": "1200",
    "tare": "100",
    "bay": "B-03",
    "note": "Two layers",
}


@pytest.fixture
def page(plant):
    return receipt_page(plant)


def same(typed: str, kept: str) -> bool:
    return typed == kept or float(typed) == float(kept)


def test_everything_is_kept_but_number_and_weight(operator, page):
    onward = log(operator, page, **CELLS)["Location"]

    kept = form(operator.get(onward), "log")
    lot = Lot.objects.get()
    assert kept["into"] == lot.reference
    assert {name: kept[name] for name in ("gross", "tare", "net", "seal")} == dict.fromkeys(
        ("gross", "tare", "net", "seal"), ""
    )
    stays = set(CELLS) - NUMBERS - {"material", "origin", "chemistry", "owner", "generated_on"}
    assert [name for name in stays if not same(CELLS[name], kept[name])] == []


def test_the_form_as_it_comes_back_logs_the_next_one_with_its_weight_alone(operator, page):
    onward = log(operator, page, net="500")["Location"]

    kept = form(operator.get(onward), "log")
    send(operator, page, kept | {"net": "510", "next": "1"})

    assert [str(c) for c in Container.objects.packed().order_by("pk")] == ["L-2026-000001-01", "L-2026-000001-02"]
    assert f"{1010:,.3f} kg" in text(operator.get(page))


def test_a_new_lot_keeps_what_the_last_one_was(operator, page):
    onward = log(operator, page, **CELLS)["Location"]
    kept = form(operator.get(onward), "log")

    shown = form(send(operator, page, kept | {"into": "new", "show": "1"}, htmx=True), "log")
    assert [name for name in set(CELLS) - NUMBERS if not same(CELLS[name], shown[name])] == []

    send(operator, page, shown | {"material": "MODULE", "net": "900", "save": "1"})
    assert list(Lot.objects.order_by("pk").values_list("material__code", flat=True)) == ["FORMED_CELL", "MODULE"]


def test_save_alone_ends_with_an_empty_form(operator, page):
    response = log(operator, page, net="500", next=None, save="1")

    assert "next" not in response["Location"]
    shown = operator.get(response["Location"])
    assert "L-2026-000001-01" in text(shown)
    assert form(shown, "log").get("material") is None


def test_an_older_lot_of_the_load_can_still_be_chosen(operator, page):
    log(operator, page, net="500")
    log(operator, page, net="600")

    log(operator, page, net="700", into="L-2026-000001")

    assert Container.objects.filter(lot__reference="L-2026-000001").count() == 2


def test_another_loads_lot_is_not_joined(plant, operator, page):
    foreign = factories.container(plant).lot

    log(operator, page, net="500", into=foreign.reference)

    assert foreign.containers.count() == 1


def test_htmx_is_sent_onward(operator, page):
    response = log(operator, page, net="500", htmx=True)

    assert response.status_code == 204
    assert response["HX-Redirect"] == f"{page}?saved=L-2026-000001-01&next=1"


def test_a_wrong_form_comes_back_alone_to_htmx(operator, page):
    response = log(operator, page, net="1,25", htmx=True)

    assert response.status_code == 422
    assert "<html" not in response.content.decode()
    assert form(response, "log")["net"] == "1,25"


def test_a_load_keyed_in_late_was_weighed_then(plant, operator):
    page = receipt_page(plant)  # of a noon that is long past by the database's clock

    shown = form(send(operator, page, FOIL | {"show": "1"}), "log")

    assert shown["at"] == "2026-06-10T12:00"
