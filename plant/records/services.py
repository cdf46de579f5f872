"""Printers are set up, labels are printed and logged, what waits is tried again or dropped."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit, recompute
from plant.access import Action, check
from plant.errors import DomainError
from plant.models import Site, Station, User
from plant.records.label import Label
from plant.records.models import LabelPrint, Printer, PrintJob, Reason
from plant.records.sending import QUEUE, key_of


class ReasonMissing(DomainError):
    code = "reason_missing"


@transaction.atomic
def create_printer(
    *, site: Site, code: str, name: str, host: str, port: int = 9100, station: Station | None = None, by: User | None
) -> Printer:
    """Set up a label printer, and say at which station it stands."""
    with audit.acting(by):
        return Printer.objects.create(site=site, code=code, name=name, host=host, port=port, station=station)


@transaction.atomic
def change_printer(*, printer: Printer, by: User, at: dt.datetime, **changes: Any) -> Printer:
    """Change a printer's name, address, station, or whether it is in use. Out of use, nothing waits for it."""
    check(by, Action.SET_PRINTERS)
    with audit.acting(by):
        for name, value in changes.items():
            setattr(printer, name, value)
        printer.save(update_fields=sorted(changes))
    if not printer.is_active:
        drop_waiting(printer=printer, by=by, at=at)
    else:
        try_again(printer=printer)
    return printer


def at_station(station: Station | None) -> Printer | None:
    """The printer in use at a station."""
    if station is None:
        return None
    return Printer.objects.filter(station=station, is_active=True).select_related("site").first()


def printed_before(site: Site, labels: Sequence[Label]) -> set[str]:
    """Which of these things had a label printed before."""
    kinds, codes = {label.kind for label in labels}, [label.code for label in labels]
    found = LabelPrint.objects.filter(site=site, kind__in=kinds, subject__in=codes)
    return set(found.values_list("subject", flat=True))


@transaction.atomic
def print_labels(
    *,
    site: Site,
    labels: Sequence[Label],
    by: User,
    at: dt.datetime,
    printer: Printer | None = None,
    copies: int = 1,
    reason: str = "",
    note: str = "",
) -> uuid.UUID:
    """Log these labels as printed, at a printer or (None) on paper by the browser; the mark of the print.

    Nothing is sent here: the printer's queue is marked, and a worker sends it after the commit. Raises `ReasonMissing`
    where one of them was printed before and nobody says why again.
    """
    check(by, Action.PRINT)
    if printer is not None and not printer.is_active:
        raise DomainError(_("%(printer)s is out of use. Choose another one.") % {"printer": printer}, field="printer")
    again = printed_before(site, labels)
    if again and not reason:
        raise ReasonMissing(
            _("%(label)s has a label already. Say why it is printed again.") % {"label": min(again)}, field="reason"
        )
    if reason == Reason.OTHER and not note.strip():
        raise ReasonMissing(_("Type the reason."), field="note")
    press = uuid.uuid4()
    logged = LabelPrint.objects.bulk_create(
        LabelPrint(
            site=site,
            press=press,
            kind=label.kind,
            subject=label.code,
            label=label.as_json(),
            copies=copies,
            printer=printer,
            reason=reason if label.code in again else "",
            note=note.strip() if label.code in again else "",
            station=audit.station(),
            at=at,
            by=by,
        )
        for label in labels
    )
    if printer is not None:
        PrintJob.objects.bulk_create(PrintJob(print=each, printer=printer) for each in logged)
        recompute.mark_stale(QUEUE, key_of(printer))
    return press


@transaction.atomic
def try_again(*, printer: Printer) -> None:
    """Send what waits for a printer now, however long its next try is put off."""
    recompute.mark_stale(QUEUE, key_of(printer))


@transaction.atomic
def drop_waiting(*, printer: Printer, by: User, at: dt.datetime) -> int:
    """Print none of what waits for a printer; how many labels that were."""
    check(by, Action.PRINT)
    return PrintJob.objects.waiting().filter(printer=printer).update(dropped_at=at, dropped_by=by)


@dataclass(frozen=True)
class Queue:
    """How a printer stands: how many labels wait, since when, and what is wrong with it (a sentence, or nothing)."""

    waiting: int
    since: dt.datetime | None
    trouble: str


def queue_of(printer: Printer) -> Queue:
    """What waits for a printer and why, asked when a page is read."""
    waiting = PrintJob.objects.waiting().filter(printer=printer).select_related("print").order_by("pk")
    first = waiting.first()
    if first is None:
        return Queue(0, None, "")
    error = recompute.staleness(QUEUE, key_of(printer)).error
    return Queue(waiting.count(), first.print.at, error.partition(": ")[2])
