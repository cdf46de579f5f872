"""Printing in one touch, again with a reason, on paper; and what is said when a printer does not print."""

import datetime as dt
import re

import pytest

from plant import audit, recompute
from plant.records import services
from plant.records.label import Label
from plant.records.models import LabelPrint, Printer, PrintJob
from plant.web import now
from tests.factories import container, receipt, world
from tests.pages import choices, controls, send, text
from tests.records.reading import codes_in


@pytest.fixture
def box(plant):
    return container(plant, kind="GAYLORD", net_kg=500)


@pytest.fixture
def at_the_dock(plant, monkeypatch):
    monkeypatch.setattr(audit, "station", lambda: plant.stations["DOCK-1"])


@pytest.fixture
def operator(person):
    return person("operator")


def printed(**by):
    return list(LabelPrint.objects.filter(**by).order_by("pk"))


@pytest.mark.usefixtures("at_the_dock")
def test_one_touch_prints_at_the_stations_printer_and_stays_on_the_page(operator, box):
    page = operator.get(f"/containers/{box.reference}/")
    assert "Print label Dock label printer" in text(page)

    touched = {"inline": "1", "printer": "DOCK", "copies": "1"}
    answer = send(operator, f"/labels/?container={box.reference}", touched, htmx=True)

    [logged] = printed()
    assert (logged.subject, logged.printer.code, logged.station.code) == (box.reference, "DOCK", "DOCK-1")
    assert "On its way" in text(answer)
    assert f'hx-get="/labels/{logged.press}/"' in answer.content.decode()


@pytest.mark.usefixtures("at_the_dock")
def test_without_a_script_it_leads_to_the_page_of_the_print(operator, box):
    touched = {"inline": "1", "printer": "DOCK", "copies": "1"}
    answer = send(operator, f"/labels/?container={box.reference}", touched)

    assert (answer.status_code, answer["Location"]) == (303, f"/labels/{printed()[0].press}/")


def test_again_it_asks_why(operator, box):
    address = f"/labels/?container={box.reference}"
    send(operator, address, {"copies": "1", "printer": "paper"})
    assert "Print label again" in text(operator.get(f"/containers/{box.reference}/"))
    page = operator.get(address)
    assert f"{box.reference} has a label already" in text(page)
    assert {"reason", "note"} <= controls(page, "choose")

    refused = send(operator, address, {"copies": "1", "printer": "paper"})
    assert refused.status_code == 422
    assert "Say why it is printed again." in text(refused)
    wordless = send(operator, address, {"copies": "1", "printer": "paper", "reason": "other"})
    assert "Type the reason." in text(wordless)
    send(operator, address, {"copies": "1", "printer": "paper", "reason": "unreadable"})

    assert [each.reason for each in printed()] == ["", "unreadable"]
    history = text(operator.get(f"/containers/{box.reference}/"))
    assert "Label printed again It cannot be read any more" in history


def test_on_paper_its_pages_are_there_for_a_while_and_read_back(operator, box):
    answer = send(operator, f"/labels/?container={box.reference}", {"copies": "2", "printer": "paper"})
    [logged] = printed()
    assert answer["Location"] == f"/labels/{logged.press}/"

    page = operator.get(answer["Location"]).content.decode()

    sheets = page.partition('<div class="sheets"')[2].split('<div class="sheet">')[1:]
    assert [[code.text for code in codes_in(sheet)] for sheet in sheets] == [[box.reference, f"(00){box.sscc}"]] * 2
    assert "records/paper.css" in page


def test_an_old_print_on_paper_is_a_reprint(plant, operator, box, monkeypatch):
    answer = send(operator, f"/labels/?container={box.reference}", {"copies": "1", "printer": "paper"})
    later = now() + dt.timedelta(hours=1)
    monkeypatch.setattr("plant.records.views.now", lambda: later)

    page = operator.get(answer["Location"])

    assert "paper.css" not in page.content.decode()
    assert "it asks why, and is logged" in text(page)


def test_all_of_a_receipt_and_all_of_a_lot(plant, operator):
    load = receipt(plant)
    boxes = [container(plant, kind="DRUM", net_kg=100, receipt=load) for _ in range(3)]

    assert "Print labels" in text(operator.get(f"/intake/{load.reference}/"))
    send(operator, f"/labels/?receipt={load.reference}", {"copies": "1", "printer": "paper"})
    send(operator, f"/labels/?lot={boxes[0].lot.reference}", {"copies": "1", "printer": "paper", "reason": "lost"})

    assert [each.subject for each in printed()] == [*(str(box) for box in boxes), str(boxes[0])]
    assert len({each.press for each in printed()}) == 2


def test_a_sign_and_a_badge(operator):
    assert "A-01" in text(operator.get("/labels/?bay=A-01"))
    badge = operator.get("/labels/?badge=OP-1001").content.decode()
    assert [code.text for code in codes_in(badge)] == ["OP-1001"]


@pytest.mark.parametrize("query", ["", "container=L-2026-999999-01", "what=A-01", "container="])
def test_nothing_to_print_is_said(operator, query):
    answer = operator.get(f"/labels/?{query}")
    assert answer.status_code == 404
    assert "There is nothing here to print a label for" in text(answer)


def test_another_sites_things_are_not_there(plant, operator, box):
    other = world(code="SECOND", mark="G")
    theirs = container(other, kind="DRUM", net_kg=10)
    assert operator.get(f"/labels/?container={theirs.reference}").status_code == 404
    label = Label("container", theirs.reference, theirs.reference)
    press = services.print_labels(site=other.site, labels=[label], by=other.users["operator"], at=now())
    assert operator.get(f"/labels/{press}/").status_code == 404


def test_a_printer_that_does_not_print_says_what_to_do(plant, operator, box):
    Printer.objects.filter(code="DOCK").update(port=1)
    answer = send(operator, f"/labels/?container={box.reference}", {"copies": "1", "printer": "DOCK"})
    recompute.drain(now())

    assert "does not answer at 127.0.0.1:1. Look whether it is switched on" in text(operator.get(answer["Location"]))
    page = operator.get("/printers/DOCK/")
    assert "Try again now" in text(page)
    assert send(operator, "/printers/DOCK/again/", {}).status_code == 303
    assert send(operator, "/printers/DOCK/drop/", {}).status_code == 303

    assert PrintJob.objects.get().dropped_by == plant.users["operator"]
    assert "Not printed" in text(operator.get(answer["Location"]))
    assert "Nothing waits" in text(operator.get("/printers/DOCK/"))


def test_a_test_label_is_printed_as_often_as_one_likes(operator, plant, zebra):
    Printer.objects.filter(code="DOCK").update(port=zebra.port)
    for _ in range(2):
        assert send(operator, "/printers/DOCK/test/", {}).status_code == 303
    recompute.drain(now())
    assert [label.count("TEST") for label in zebra.labels] == [1, 1]


def test_a_supervisor_sets_up_a_printer_and_takes_it_out_of_use(plant, person):
    supervisor = person("supervisor")
    page = supervisor.get("/printers/new/")
    assert choices(page, "station") == ["BAGGING", "DOCK-1", "LINE-1", "LINE-2"]
    typed = {"code": "line1", "name": "Line 1", "host": "10.0.0.9", "port": "9100", "station": "LINE-1"}
    assert send(supervisor, "/printers/new/", typed)["Location"] == "/printers/LINE1/"
    twice = send(supervisor, "/printers/new/", typed | {"code": "other"})
    assert "This station has its printer already" in text(twice)

    send(supervisor, "/printers/LINE1/change/", typed | {"host": "10.0.0.10"})  # not in use any more: unticked

    line1 = Printer.objects.get(code="LINE1")
    assert (line1.host, line1.is_active, line1.station.code) == ("10.0.0.10", False, "LINE-1")
    assert "LINE1" not in re.findall(
        r'name="printer" value="(\w*)"', supervisor.get("/labels/?bay=A-01").content.decode()
    )
    assert "Line 1" in text(supervisor.get("/printers/"))
