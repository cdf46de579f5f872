"""What happened to containers and lots, from the first install on: movements, holds, decisions; who, when, how."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _

from plant.inventory.models import Container, CountLine, Hold, Lot, Movement, Weighing
from plant.records.models import LabelPrint

ICONS: dict[str, str] = {
    Movement.Kind.RECEIVE: "inbound",
    Movement.Kind.CHARGE: "batch",
    Movement.Kind.OUTPUT: "container",
    Movement.Kind.SHIP: "truck",
    Movement.Kind.SPLIT: "split",
    Movement.Kind.MERGE: "merge",
    Movement.Kind.ADJUST: "edit",
}


@dataclass(frozen=True)
class Entry:
    """One line of a history: `at` is when it happened, `recorded_at` when it was keyed in, where the two can differ. A
    reversed entry stays, struck; so does what reverses it."""

    at: dt.datetime
    by: str
    icon: str
    what: str
    recorded_at: dt.datetime | None = None
    container: str = ""
    where: str = ""
    kg: Decimal | None = None
    was_kg: Decimal | None = None
    """Before it was corrected."""
    how_known: str = ""
    typed: str = ""
    reason: str = ""
    station: str = ""
    is_struck: bool = False


def of_containers(containers: Collection[Container]) -> list[Movement]:
    """All their movements with both ends, in the order they were keyed in, with the mass they have by now."""
    ids = [container.pk for container in containers]
    return list(
        Movement.objects.filter(Q(from_container__in=ids) | Q(to_container__in=ids))
        .with_corrected_kg()
        .select_related(
            "from_container", "to_container", "from_location", "to_location", "weighing__scale", "by", "reversed_by"
        )
        .select_related("reverses", "station")
        .order_by("pk")
    )


def entries(containers: Collection[Container], movements: Collection[Movement], lot: Lot | None = None) -> list[Entry]:
    """The whole history, latest first; with the lot's decisions where the lot is given."""
    own = {container.pk for container in containers}
    posted = sorted(movements, key=lambda m: m.recorded_at)
    found = [_moved(movement, own) for movement in posted if not is_difference(movement)]
    found += _corrected(posted, own)
    for container in containers:
        for hold in container.holds.all():
            found += _held(container, hold)
    found += _printed(containers)
    found += _counted(containers)
    if lot is not None:
        found += _decided(lot)
    return sorted(found, key=lambda entry: entry.at)[::-1]


def is_standing(movement: Movement) -> bool:
    """Neither reversed nor a reversal, nor the difference of a correction."""
    return movement.reverses_id is None and movement.corrects_id is None and not hasattr(movement, "reversed_by")


def is_difference(movement: Movement) -> bool:
    """Posted by a correction, or that turned round with what it corrected: shown in what they belong to."""
    turned = movement.reverses
    return movement.corrects_id is not None or (turned is not None and turned.corrects_id is not None)


def weighing_of(movement: Movement) -> Weighing | None:
    """What a movement's mass was read from, the last time it was corrected."""
    last = movement.differences.exclude(weighing=None).select_related("weighing").order_by("pk").last()
    return last.weighing if last else movement.weighing


def typed(weighing: Weighing) -> str:
    """A weighing as it was typed: `78,460 lb gross − 33,120 lb tare = 45,340 lb`."""
    unit = weighing.unit
    net = f"{_as_read(weighing.net_read)} {unit}"
    if weighing.gross_read is None or weighing.tare_read is None:
        return _("%(net)s net") % {"net": net}
    return _("%(gross)s gross − %(tare)s tare = %(net)s") % {
        "gross": f"{_as_read(weighing.gross_read)} {unit}",
        "tare": f"{_as_read(weighing.tare_read)} {unit}",
        "net": net,
    }


def _as_read(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def _moved(movement: Movement, own: set[int]) -> Entry:
    label = Movement.Kind(movement.kind).label
    is_reversal = movement.reverses_id is not None
    # What leaves a container of ours is that container's line; else what comes into one.
    here = movement.from_container if movement.from_container_id in own else movement.to_container
    return Entry(
        at=movement.occurred_at,
        recorded_at=movement.recorded_at,
        by=movement.by.name,
        icon="undo" if is_reversal else ICONS.get(movement.kind, "move"),
        what=_("%(what)s, reversed") % {"what": label} if is_reversal else str(label),
        container=here.reference,
        where=_where(movement, own),
        kg=movement.corrected_kg,
        was_kg=movement.kg if movement.corrected_kg != movement.kg else None,
        how_known=str(Movement.HowKnown(movement.how_known).label),
        typed=typed(movement.weighing) if movement.weighing and not is_reversal else "",
        reason=movement.reason,
        station=str(movement.station or ""),
        is_struck=is_reversal or hasattr(movement, "reversed_by"),
    )


@dataclass(frozen=True)
class Correction:
    """One change of what a movement moved: what it was, what it is, who entered that when, and why."""

    was_kg: Decimal
    kg: Decimal
    by: str
    at: dt.datetime
    reason: str
    station: str
    how_known: str
    weighing: Weighing | None


def corrections(movements: Collection[Movement]) -> dict[int, list[Correction]]:
    """The corrections of each movement, the first one first; `movements` has their differences too."""
    entries = {movement.pk: movement for movement in movements}
    found: dict[int, list[Correction]] = {}
    for difference in sorted(movements, key=lambda movement: movement.pk):
        if difference.corrects_id is None:
            continue
        entry = entries[difference.corrects_id]
        so_far = found.setdefault(entry.pk, [])
        was_kg = so_far[-1].kg if so_far else entry.kg
        is_more = (difference.from_container_id, difference.from_location_id) == (
            entry.from_container_id,
            entry.from_location_id,
        )
        so_far.append(
            Correction(
                was_kg=was_kg,
                kg=was_kg + difference.kg if is_more else was_kg - difference.kg,
                by=difference.by.name,
                at=difference.recorded_at,
                reason=difference.reason,
                station=str(difference.station or ""),
                how_known=str(Movement.HowKnown(difference.how_known).label),
                weighing=difference.weighing,
            )
        )
    return found


def _corrected(movements: Collection[Movement], own: set[int]) -> Iterator[Entry]:
    """A line for each weight that was corrected and each part that a difference went into, when it was entered; what
    was only carried on is said once, where it was weighed."""
    entries = {movement.pk: movement for movement in movements}
    for pk, changes in corrections(movements).items():
        entry = entries[pk]
        for change in changes:
            if change.weighing is None and entry.from_container_id == entry.to_container_id:
                continue
            yield replace(
                _moved(entry, own),
                at=change.at,
                recorded_at=None,
                by=change.by,
                icon="edit",
                what=_("%(what)s: weight corrected") % {"what": Movement.Kind(entry.kind).label},
                kg=change.kg,
                was_kg=change.was_kg,
                how_known=change.how_known,
                typed=typed(change.weighing) if change.weighing else "",
                reason=change.reason,
                station=change.station,
            )


def _where(movement: Movement, own: set[int]) -> str:
    """From where to where: our container by its place, a run by its batch, another container by its name."""
    ends = (
        (movement.from_container, movement.from_location),
        (movement.to_container, movement.to_location),
    )
    return " → ".join(
        place.name if container.pk in own else container.reference.removesuffix("-RUN") for container, place in ends
    )


def _counted(containers: Collection[Container]) -> Iterator[Entry]:
    """What posted counts found where nothing had to be corrected or moved: as expected, seen, or not seen."""
    lines = CountLine.objects.filter(container__in=containers, adjusted=None, moved=None)
    for line in lines.select_related("container", "count__ended_by", "count__location", "sighting__by").order_by("pk"):
        seen = line.sighting
        yield Entry(
            at=seen.seen_at if seen else line.count.ended_at or line.count.started_at,
            by=str(seen.by if seen else line.count.ended_by or line.count.started_by),
            icon="check",
            what=_("Counted: %(outcome)s") % {"outcome": line.get_outcome_display().lower()},
            container=line.container.reference,
            where=str(line.count.location),
            kg=line.counted_kg,
            reason=line.count.reference,
        )


def _held(container: Container, hold: Hold) -> Iterator[Entry]:
    kind = Hold.Kind(hold.kind).label
    yield Entry(
        at=hold.placed_at,
        by=hold.placed_by.name,
        icon="hand",
        what=_("%(kind)s hold placed") % {"kind": kind},
        container=container.reference,
        reason=hold.reason,
    )
    if hold.released_at is not None and hold.released_by is not None:
        yield Entry(
            at=hold.released_at,
            by=hold.released_by.name,
            icon="check",
            what=_("%(kind)s hold lifted") % {"kind": kind},
            container=container.reference,
            reason=hold.release_reason,
        )


def _printed(containers: Collection[Container]) -> Iterator[Entry]:
    """Every label that was printed for them, and why again."""
    references = [container.reference for container in containers]
    prints = LabelPrint.objects.filter(
        site__in={c.site_id for c in containers}, kind="container", subject__in=references
    )
    for each in prints.select_related("by", "printer", "station"):
        again = ": ".join(part for part in (str(each.get_reason_display()), each.note) if part)
        yield Entry(
            at=each.at,
            by=each.by.name,
            icon="print",
            what=_("Label printed again") if each.reason else _("Label printed"),
            station=str(each.station or ""),
            container=each.subject,
            where=str(each.printer or _("On paper")),
            reason=again,
        )


def _decided(lot: Lot) -> Iterator[Entry]:
    """Every decision on the lot's regulatory status, from the audit's events; each once."""
    rows = (
        apps.get_model("inventory", "LotEvent")
        ._default_manager.filter(pgh_obj=lot)
        .exclude(regulatory_decided_at=None)
        .order_by("regulatory_decided_at")
        .distinct("regulatory_decided_at")
        .values_list(
            "regulatory_decided_at", "regulatory_decided_by__name", "regulatory_status__name", "regulatory_basis"
        )
    )
    for at, by, status, basis in rows:
        yield Entry(
            at=at,
            by=by,
            icon="info",
            what=_("Decided: %(status)s") % {"status": status},
            reason=basis,
        )
