"""What processing hangs into lower pages: the lines on the first page, batches and checks on a lot's."""

from typing import Any

from django.db.models import Q, Sum
from django.http import HttpRequest

from plant.access import Action, may
from plant.inventory.models import Container, Lot, Movement, corrected_kg
from plant.models import User
from processing import board
from processing.models import Batch, DischargeRecord


def of_home(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """The lines and the batches on them, for those who run them."""
    if not may(user, Action.RUN_BATCH):
        return None
    return {"lines": board.lines(user.site)}


def of_lot(request: HttpRequest, lot: Lot) -> dict[str, Any] | None:
    """Which batches made a lot or took it, with the kg, and how its containers were discharged."""
    made, took = _batches(lot, Movement.Kind.OUTPUT), _batches(lot, Movement.Kind.CHARGE, Movement.Kind.RETURN)
    checks = _checks(lot) if lot.material.holds_charge else []
    if not (made or took or checks):
        return None
    return {"made": made, "took": took, "checks": checks, "lot": lot}


def _batches(lot: Lot, *kinds: str) -> list[dict[str, Any]]:
    """kg of a lot by batch, returns taken off; oldest first."""
    own = Q(from_container__lot=lot) | Q(to_container__lot=lot)
    moved = Movement.objects.standing().filter(own, kind__in=kinds)
    into = moved.values_list("to_container__run_of", "kind").annotate(sum=Sum(corrected_kg())).order_by()
    out_of = moved.values_list("from_container__run_of", "kind").annotate(sum=Sum(corrected_kg())).order_by()
    sums: dict[int, Any] = {}
    for batch, kind, kg in [*into, *out_of]:
        if batch is not None:
            sums[batch] = sums.get(batch, 0) + (-kg if kind == Movement.Kind.RETURN else kg)
    found = Batch.objects.filter(pk__in=sums).order_by("pk")
    return [{"batch": batch, "kg": sums[batch.pk]} for batch in found if sums[batch.pk]]


def _checks(lot: Lot) -> list[dict[str, Any]]:
    """Each container of the lot with its latest check."""
    boxes = list(Container.objects.filter(lot=lot).order_by("reference"))
    records = DischargeRecord.objects.filter(container__in=boxes).select_related("by").order_by("checked_at", "pk")
    latest = {record.container_id: record for record in records}
    return [{"container": box, "record": latest.get(box.pk)} for box in boxes]
