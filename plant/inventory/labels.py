"""What stands on the labels of containers and bays, in English whoever prints it: the fire brigade reads it too."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from plant import audit, finding
from plant.access import Action, may
from plant.finding import Asker, Step, Thing
from plant.inventory import sscc, stock
from plant.inventory.history import typed
from plant.inventory.models import Container, Location, Weighing
from plant.models import Site, User
from plant.records import services as records
from plant.records import sources
from plant.records.label import Label
from plant.records.sources import Source
from plant.web import figures

CONTAINER, BAY = "container", "bay"


def register() -> None:
    sources.add(CONTAINER, Source(of_containers, lambda code: reverse("inventory:container", args=[code]), _number))
    sources.add("lot", Source(of_lots, make_ready=number_lots))
    sources.add(BAY, Source(of_bays))
    finding.offer(_offer)


def of_containers(site: Site, references: Sequence[str], at: dt.datetime) -> list[Label]:
    """The labels of these boxes and heaps."""
    return _labels(site, stock.packed().filter(site=site, reference__in=references))


def of_lots(site: Site, references: Sequence[str], at: dt.datetime) -> list[Label]:
    """The labels of every container of these lots with something in it."""
    return _labels(site, stock.packed().in_stock().filter(site=site, lot__reference__in=references))


def print_by_itself(container: Container, *, by: User, at: dt.datetime) -> None:
    """What was just received or bagged gets its label, where the station's printer prints by itself."""
    printer = records.at_station(audit.station())
    if printer is not None and printer.prints_by_itself and may(by, Action.PRINT):
        records.print_labels(
            site=container.site,
            labels=of_containers(container.site, [container.reference], at),
            printer=printer,
            by=by,
            at=at,
        )


def _labels(site: Site, boxes: Any) -> list[Label]:
    of_lot = ("material", "grade", "chemistry", "owner", "supplier", "regulatory_status")
    found = list(boxes.select_related(*(f"lot__{name}" for name in of_lot)))
    weighings = Weighing.objects.filter(container__in=found).order_by("container", "-pk").distinct("container")
    weighed = {weighing.container_id: weighing for weighing in weighings}
    with translation.override(settings.LANGUAGE_CODE), timezone.override(site.zone):
        return [_label(site, box, weighed.get(box.pk)) for box in found]


def _label(site: Site, box: Any, weighing: Weighing | None) -> Label:
    lot = box.lot
    return Label(
        kind=CONTAINER,
        code=box.reference,
        title=box.reference,
        name=str(lot.material),
        detail=" · ".join(str(part) for part in (lot.chemistry, lot.grade) if part),
        figure=figures.kg(box.kg, 3).replace(figures.NBSP, " ") if box.kg is not None else "",
        lines=tuple((str(caption), str(text)) for caption, text in _lines(box, weighing) if text),
        warnings=tuple(_warnings(box)),
        sscc=box.sscc or "",
        head=_head(site),
    )


def _head(site: Site) -> str:
    return f"{site.name} · EPA ID {site.epa_id}" if site.epa_id else site.name


def _lines(box: Any, weighing: Weighing | None) -> Iterator[tuple[str, Any]]:
    """Caption and text, what must be there first (40 CFR 273.35: the day its accumulation began)."""
    lot = box.lot
    yield _("Kind"), box.kind
    yield _("Owner"), lot.owner.code
    began = lot.received_at or lot.generated_on
    if lot.regulatory_status and lot.regulatory_status.label_words and began:
        yield _("Accumulation began"), figures.day(began)
    if lot.received_at:
        yield _("Received"), figures.instant(lot.received_at)
    elif lot.generated_on:
        yield _("Made on"), figures.day(lot.generated_on)
    if weighing is not None:
        yield _("Weighed %(at)s") % {"at": figures.instant(weighing.weighed_at)}, typed(weighing)
    yield _("Supplier"), lot.supplier
    yield _("Pieces"), box.piece_count
    if box.state_of_charge_ratio is not None:
        yield _("State of charge"), figures.percent(box.state_of_charge_ratio).replace(figures.NBSP, " ")
    yield _("Seal"), box.seal


def _warnings(box: Any) -> Iterator[str]:
    if not box.is_intact:
        yield f"{box.get_condition_display().upper()} - DDR"
    if box.lot.regulatory_status and box.lot.regulatory_status.label_words:
        yield box.lot.regulatory_status.label_words
    holds = [str(hold.get_kind_display()) for hold in box.holds.all() if hold.released_at is None]
    if holds:
        yield _("ON HOLD: %(kinds)s") % {"kinds": ", ".join(holds)}


def of_bays(site: Site, codes: Sequence[str], at: dt.datetime) -> list[Label]:
    """The signs of these places: scanning one says where something is put."""
    places = Location.objects.real().filter(site=site, code__in=codes, is_active=True).select_related("parent")
    with translation.override(settings.LANGUAGE_CODE):
        return [
            Label(
                kind=BAY,
                code=place.code,
                title=place.code,
                name=place.name,
                detail=str(place.parent or ""),
                lines=((_("Place"), str(place.get_kind_display())),),
                warnings=(_("DDR ONLY: damaged, defective, recalled"),) if place.is_ddr else (),
                head=_head(site),
            )
            for place in places.order_by("code")
        ]


def _number(site: Site, references: Sequence[str]) -> None:
    sscc.give(Container.objects.packed().filter(site=site, reference__in=references))


def number_lots(site: Site, references: Sequence[str]) -> None:
    sscc.give(Container.objects.packed().filter(site=site, lot__reference__in=references))


def _offer(thing: Thing, asker: Asker) -> Iterator[Step]:
    """What one does with a container whose label is torn: scan or type it, and print it again."""
    kind = CONTAINER if isinstance(thing.subject, Container) else BAY if isinstance(thing.subject, Location) else ""
    if kind and may(asker.user, Action.PRINT):
        yield Step(_("Print its label"), f"{reverse('records:labels')}?{kind}={thing.code}", "print")
