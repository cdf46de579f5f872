"""A label is logged in the transaction, and sent after it by whoever works off the marks."""

import datetime as dt
from dataclasses import replace

import pytest

from plant import audit, recompute
from plant.access import NotAllowed
from plant.errors import DomainError
from plant.inventory import labels
from plant.records import services
from plant.records.models import LabelPrint, Printer, PrintJob, Reason
from plant.records.services import ReasonMissing
from tests.factories import NOON, container, minutes
from tests.records.reading import fields


@pytest.fixture
def printer(plant, zebra):
    printer = Printer.objects.select_related("site", "station").get(code="DOCK")
    services.change_printer(printer=printer, by=plant.users["supervisor"], at=NOON, port=zebra.port)
    return printer


@pytest.fixture
def box(plant):
    return container(plant, kind="GAYLORD", net_kg=500)


def print_label(plant, box, printer=None, **more):
    made = labels.of_containers(plant.site, [box.reference], NOON)
    given = {"by": plant.users["operator"], "at": NOON, "printer": printer} | more
    return services.print_labels(site=plant.site, labels=made, **given)


def job_of(press):
    return PrintJob.objects.get(print__press=press)


def test_the_printer_gets_it_and_the_log_says_who_when_and_where(plant, box, printer, zebra):
    with audit.at_station(plant.stations["DOCK-1"]):
        press = print_label(plant, box, printer, copies=2)
    assert zebra.labels == []  # not before the commit

    recompute.drain(minutes(1))

    [sent] = zebra.labels
    assert fields(sent, "BQ") == [f"MA,{box.reference}"]
    assert fields(sent, "BX") == [f"_100{box.sscc}"]
    assert "^PQ2" in sent
    logged = LabelPrint.objects.get(press=press)
    assert (logged.subject, logged.copies, logged.reason) == (box.reference, 2, "")
    assert (logged.by, logged.at, logged.station) == (plant.users["operator"], NOON, plant.stations["DOCK-1"])
    assert job_of(press).sent_at == minutes(1)


def test_a_second_label_says_why(plant, box, printer):
    print_label(plant, box, printer)

    with pytest.raises(ReasonMissing, match="Say why"):
        print_label(plant, box, printer)
    with pytest.raises(ReasonMissing, match="Type the reason"):
        print_label(plant, box, printer, reason=Reason.OTHER)
    print_label(plant, box, printer, reason=Reason.WRONG)

    assert list(LabelPrint.objects.order_by("pk").values_list("reason", flat=True)) == ["", "wrong"]


def test_a_printer_that_is_off_keeps_nothing_waiting_and_loses_nothing(plant, box, printer, zebra):
    services.change_printer(printer=printer, by=plant.users["supervisor"], at=NOON, port=1)
    press = print_label(plant, box, printer)

    recompute.drain(minutes(1))

    queue = services.queue_of(printer)
    assert (queue.waiting, queue.since) == (1, NOON)
    assert queue.trouble.startswith("Dock label printer does not answer at 127.0.0.1:1. Look whether")
    assert job_of(press).sent_at is None

    services.change_printer(printer=printer, by=plant.users["supervisor"], at=NOON, port=zebra.port)
    recompute.drain(minutes(1))  # at once, though the next try was put off

    assert len(zebra.labels) == 1
    assert services.queue_of(printer) == services.Queue(0, None, "")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (("030,1,0,1245,000,0,0,0,000,0,0,0", "000,0,0,0,1,2,6,0,00000000,1,000"), "is out of labels"),
        (("030,0,1,1245,000,0,0,0,000,0,0,0", "000,0,0,0,1,2,6,0,00000000,1,000"), "is on pause"),
        (("030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,1,0,1,2,6,0,00000000,1,000"), "is open. Close it"),
        (("030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,0,1,1,2,6,0,00000000,1,000"), "is out of ribbon"),
    ],
)
def test_what_the_printer_says_of_itself_is_told(plant, box, printer, zebra, status, words):
    zebra.status = status
    print_label(plant, box, printer)

    recompute.drain(minutes(1))

    assert words in services.queue_of(printer).trouble
    assert zebra.labels == []


def test_a_printer_that_says_nothing_prints_all_the_same(plant, box, printer, zebra):
    zebra.is_mute = True
    print_label(plant, box, printer)

    recompute.drain(minutes(1))

    assert box.reference in zebra.labels[0]


def test_what_waits_can_be_dropped_and_is_never_printed(plant, box, printer, zebra):
    press = print_label(plant, box, printer)
    assert services.drop_waiting(printer=printer, by=plant.users["operator"], at=minutes(2)) == 1

    recompute.drain(minutes(3))

    assert zebra.labels == []
    assert (job_of(press).dropped_by, job_of(press).dropped_at) == (plant.users["operator"], minutes(2))


def test_out_of_use_nothing_waits_for_it_and_nothing_is_sent_to_it(plant, box, printer):
    press = print_label(plant, box, printer)
    services.change_printer(printer=printer, by=plant.users["supervisor"], at=NOON, is_active=False)

    assert job_of(press).dropped_at == NOON
    with pytest.raises(DomainError, match="out of use"):
        print_label(plant, box, printer, reason=Reason.LOST)


def test_on_paper_it_is_logged_and_nothing_is_sent(plant, box):
    press = print_label(plant, box)

    assert LabelPrint.objects.get(press=press).printer is None
    assert not PrintJob.objects.exists()


def test_who_may_not_print_does_not(plant, box):
    with pytest.raises(NotAllowed):
        print_label(plant, box, by=plant.users["partner"])


def test_what_is_received_at_a_printer_that_prints_by_itself_has_its_label(plant, printer, zebra):
    services.change_printer(printer=printer, by=plant.users["supervisor"], at=NOON, prints_by_itself=True)
    box = container(plant, kind="DRUM", net_kg=100)
    with audit.at_station(plant.stations["DOCK-1"]):
        labels.print_by_itself(box, by=plant.users["operator"], at=NOON)
    with audit.at_station(plant.stations["LINE-1"]):
        labels.print_by_itself(container(plant, kind="DRUM", net_kg=90), by=plant.users["operator"], at=NOON)

    recompute.drain(minutes(1))

    assert [fields(label, "BQ") for label in zebra.labels] == [[f"MA,{box.reference}"]]


def test_many_labels_go_in_order_and_none_twice(plant, printer, zebra):
    box = container(plant, kind="DRUM", net_kg=100)
    [one] = labels.of_containers(plant.site, [box.reference], NOON)
    made = [replace(one, code=f"L-2026-000001-{n:02d}") for n in range(1, 46)]
    services.print_labels(site=plant.site, labels=made, printer=printer, by=plant.users["operator"], at=NOON)

    recompute.drain(NOON + dt.timedelta(minutes=1))

    assert [fields(label, "BQ")[0] for label in zebra.labels] == [f"MA,{label.code}" for label in made]
