"""A printer's queue as a derived fact: what waits for it is sent. The list of work is in PostgreSQL, so no page waits
for a printer, no label is lost, and a printer that is off is tried again, later and later."""

import datetime as dt

from plant import recompute
from plant.records.label import Label
from plant.records.models import PrintJob
from plant.records.sending import QUEUE, printer_of, send
from plant.records.zpl import zpl

AT_ONCE = 20


@recompute.fact(QUEUE)
def send_waiting(key: str, now: dt.datetime) -> None:
    """Send what waits for the printer, in order. Alone for its printer; a label may come out twice where a worker died
    in the moment between, never none."""
    printer = printer_of(key)
    waiting = list(PrintJob.objects.waiting().filter(printer=printer).select_related("print").order_by("pk")[:AT_ONCE])
    if not waiting:
        return
    labels = (zpl(Label.from_json(job.print.label), copies=job.print.copies) for job in waiting)
    taken = send(printer, labels)
    PrintJob.objects.waiting().filter(pk__in=[job.pk for job in waiting[:taken]]).update(sent_at=now)
    if taken < len(waiting) or len(waiting) == AT_ONCE:
        recompute.mark_stale(QUEUE, key)
