"""What is scanned or typed is named, with what can be done next; an unknown code is never a dead end."""

import pytest

from plant import codes, services
from plant.codes import SEPARATOR
from plant.inventory import services as inventory
from plant.inventory.models import Hold
from tests.factories import NOON, container, receipt
from tests.floor.conftest import take_over
from tests.pages import browser, text
from tests.shipments import dock

SSCC = "106141412345678908"


@pytest.mark.parametrize(
    ("scanned", "first"),
    [
        (" l-2026-000042-01 ", "L-2026-000042-01"),
        (SSCC, SSCC),
        (f"00{SSCC}", SSCC),
        (f"]d200{SSCC}", SSCC),
        (f"]C100{SSCC}", SSCC),
        (f"(00){SSCC}", SSCC),
        (f"(00){SSCC}(10)L-2026-000042", SSCC),
        (f"]d200{SSCC}21L-2026-000042-01{SEPARATOR}10L-2026-000042", SSCC),
        (f"]d221L-2026-000042-01{SEPARATOR}10L-2026-000042", "L-2026-000042-01"),
        ("]Q1L-2026-000042-01", "L-2026-000042-01"),
        ("]Q3(10)L-2026-000042", "L-2026-000042"),
        ("0012345", "0012345"),
        ("A-01", "A-01"),
    ],
)
def test_what_a_scanner_sends_is_read(scanned, first):
    assert codes.candidates(scanned)[0] == first


@pytest.fixture
def floor(plant):
    return browser(plant.users["operator"])


def find(client, code, **headers):
    return client.get("/find/", {"q": code}, headers=headers)


def test_a_container_is_named_with_what_is_next(floor, plant):
    box = container(plant, 412)

    page = find(floor, str(box).lower())

    assert "Container" in text(page)
    assert "412.000 kg Bay A-01 Cathode foil NMC811" in text(page)
    for step in (f"/containers/{box}/?do=move#move", f"/lots/{box.lot}/", f"/containers/{box}/"):
        assert f'href="{step}"' in page.content.decode()


def test_a_container_is_found_by_its_sscc(floor, plant):
    box = container(plant, 412)
    box.sscc = SSCC
    box.save(update_fields=["sscc"])

    assert str(box) in text(find(floor, f"]d200{SSCC}"))


def test_a_container_on_hold_says_so_first(floor, plant):
    box = container(plant, 412)
    hold = {"kind": Hold.Kind.QUALITY, "reason": "smells", "by": plant.users["operator"], "at": NOON}
    inventory.place_hold(container=box, **hold)

    assert "is on hold: smells." in text(find(floor, str(box)))
    assert find(floor, str(box), **{"X-Scan": "1"}).json()["known"] is False


def test_each_room_knows_its_own(floor, plant):
    box = container(plant, 100, receipt=receipt(plant))
    shipment = dock.draft(plant, box)
    paper = box.lot.receipt_lot.receipt

    said = {code: text(find(floor, str(code))) for code in (box.lot, paper, shipment, "A-01", "LINE-1", "DOCK-1")}

    assert "Lot" in said[box.lot]
    assert "1 container here" in said[box.lot]
    assert "Log its next container" in said[paper]
    assert "Pack it" in said[shipment]
    assert "Bay A-01 1 container" in said["A-01"]
    assert "Nothing runs on it" in said["LINE-1"]
    assert "Station" in said["DOCK-1"]


def test_at_a_desk_it_is_its_page(plant):
    box = container(plant, 100)

    assert find(browser(plant.users["manager"]), str(box))["Location"] == f"/containers/{box}/"


def test_a_badge_asks_for_its_pin(tablet):
    take_over(tablet)

    assert find(tablet, "OP-1002")["Location"] == "/switch/?badge=OP-1002"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("4006381333931", "“4006381333931” is none of our codes. It may be a label of the supplier."),
        ("L-2026-999999", "L-2026-999999 looks like one of our references, but there is none such. Scan it again."),
        ("", "Nothing was scanned."),
        ("foil <b>", "“FOIL &lt;B&gt;” is none of our codes."),
    ],
)
def test_an_unknown_code_says_what_it_could_be_and_offers_ways_on(floor, code, sentence):
    page = find(floor, code)

    assert page.status_code == 404
    assert sentence in page.content.decode()
    assert "Receive it as new" in text(page)
    assert "Search the containers" in text(page)


def test_a_label_of_another_site_is_a_clear_sentence(floor):
    services.create_site(code="RENO", name="Reno", timezone="America/Los_Angeles", mark="R1")

    said = text(find(floor, "LR1-2026-000042-01"))

    assert "LR1-2026-000042-01 is a label of another site: Reno." in said
    assert "Set it apart and call a supervisor." in said


def test_nothing_of_another_site_is_found(floor, plant):
    box = container(plant, 100)
    other = services.create_site(code="RENO", name="Reno", timezone="America/Los_Angeles", mark="R1")
    stranger = plant.users["operator2"]
    stranger.site = other
    stranger.save(update_fields=["site"])

    assert find(browser(stranger), str(box)).status_code == 404
    assert find(browser(stranger), "A-01").status_code == 404
    assert find(browser(stranger), "OP-1001").status_code == 404


def test_a_scan_is_told_in_words(floor, plant):
    box = container(plant, 412)

    told = find(floor, str(box), **{"X-Scan": "1"}).json()

    assert told == {
        "code": str(box),
        "known": True,
        "words": f"Container {box} · 412.000 kg · Bay A-01".replace("412.000 kg", "412.000\u00a0kg"),
        "url": f"/find/?q={box}",
        "leaves": False,
    }
