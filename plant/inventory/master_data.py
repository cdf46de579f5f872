"""Setting up what the ledger speaks of: chemistries, materials, grades, places, packaging, scales."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit, services
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory.models import (
    Chemistry,
    ContainerKind,
    Grade,
    Location,
    Material,
    Pool,
    RegulatoryStatus,
    Scale,
    StationTare,
)
from plant.models import Site, Station, User


@dataclass(frozen=True)
class MaterialType:
    """A scrap type or an output with the rules it brings; the sets below are a plant's start, its rows are data."""

    code: str
    name: str
    is_scrap: bool = False
    is_output: bool = False
    is_waste: bool = False
    holds_charge: bool = False
    needs_discharge: bool = False
    needs_blend_approval: bool = False


SCRAP_TYPES = (
    MaterialType("SLURRY", "Electrode slurry", is_scrap=True),
    MaterialType("POWDER", "Off-spec powder", is_scrap=True),
    MaterialType("CATHODE_FOIL", "Cathode foil", is_scrap=True),
    MaterialType("ANODE_FOIL", "Anode foil", is_scrap=True, needs_blend_approval=True),
    MaterialType("ELECTRODE_MIX", "Mixed electrode trim", is_scrap=True),
    MaterialType("DRY_STACK", "Dry stacks and jelly rolls", is_scrap=True),
    MaterialType("WET_CELL", "Wet cells, not formed", is_scrap=True, holds_charge=True),
    MaterialType("FORMED_CELL", "Formed cells", is_scrap=True, holds_charge=True, needs_discharge=True),
    MaterialType("MODULE", "Modules", is_scrap=True, is_output=True, holds_charge=True, needs_discharge=True),
    MaterialType("PACK", "Packs", is_scrap=True, holds_charge=True, needs_discharge=True),
)
"""Scrap types of a cell and module plant."""

OUTPUTS = (
    MaterialType("BLACK_MASS", "Black mass", is_output=True),
    MaterialType("COPPER", "Copper fraction", is_output=True),
    MaterialType("ALUMINIUM", "Aluminium fraction", is_output=True),
    MaterialType("STEEL", "Steel fraction", is_output=True),
    MaterialType("PLASTICS", "Plastics and separator", is_output=True),
    MaterialType("CONDENSATE", "Condensate", is_output=True, is_waste=True),
    MaterialType("RESIDUE", "Residue", is_output=True, is_waste=True),
)
"""What batches give; modules too, where packs are dismantled."""


@transaction.atomic
def define_material(*, site: Site, type: MaterialType) -> Material:
    """Enter a material with the rules of its type."""
    return Material.objects.create(
        site=site,
        code=type.code,
        name=type.name,
        is_scrap=type.is_scrap,
        is_output=type.is_output,
        is_waste=type.is_waste,
        holds_charge=type.holds_charge,
        needs_discharge=type.needs_discharge,
        needs_blend_approval=type.needs_blend_approval,
    )


@transaction.atomic
def define_chemistry(*, site: Site, code: str, pool: Pool) -> Chemistry:
    """Enter a cathode chemistry and the pool it belongs to (RULE-5)."""
    return Chemistry.objects.create(site=site, code=code, pool=pool)


@transaction.atomic
def define_grade(*, site: Site, code: str, name: str, material: Material, pool: Pool) -> Grade:
    """Enter a product grade (RULE-4)."""
    return Grade.objects.create(site=site, code=code, name=name, material=material, pool=pool)


@transaction.atomic
def define_status(*, site: Site, code: str, name: str, label_words: str = "") -> RegulatoryStatus:
    """Enter a regulatory status lots can have, and the words the rule wants on each container."""
    return RegulatoryStatus.objects.create(site=site, code=code, name=name, label_words=label_words)


@transaction.atomic
def define_location(
    *,
    site: Site,
    code: str,
    name: str,
    kind: Location.Kind,
    parent: Location | None = None,
    is_ddr: bool = False,
    station: Station | None = None,
) -> Location:
    """Enter a place of the tree or a virtual one, and the station that works there; its kind never changes."""
    return Location.objects.create(
        site=site, code=code, name=name, kind=kind, parent=parent, is_ddr=is_ddr, station=station
    )


@transaction.atomic
def define_container_kind(
    *,
    site: Site,
    code: str,
    name: str,
    plausible_min_kg: Decimal,
    plausible_max_kg: Decimal,
    tare_kg: Decimal | None = None,
    target_kg: Decimal | None = None,
    is_boxed: bool = True,
) -> ContainerKind:
    """Enter a kind of packaging with its stored tare, the net masses that are plausible in it, and the one it is filled
    to with product, in kg."""
    return ContainerKind.objects.create(
        site=site,
        code=code,
        name=name,
        tare_kg=tare_kg,
        target_kg=target_kg,
        plausible_min_kg=plausible_min_kg,
        plausible_max_kg=plausible_max_kg,
        is_boxed=is_boxed,
    )


@transaction.atomic
def define_scale(
    *, site: Site, code: str, name: str, unit: str, capacity_kg: Decimal, station: Station | None = None
) -> Scale:
    """Enter a scale with the unit it reads and the station it stands at."""
    return Scale.objects.create(site=site, code=code, name=name, unit=unit, capacity_kg=capacity_kg, station=station)


@transaction.atomic
def set_station(place: Location | Scale, station: Station | None, *, by: User) -> None:
    """Say at which station a scale stands, or which station works at a line or bay; None takes it away."""
    with audit.acting(by):
        place.station = station
        place.save(update_fields=["station"])


@dataclass(frozen=True)
class Equipment:
    """What a station works with, unless told otherwise: its scale, its line, its bay."""

    scale: Scale | None = None
    line: Location | None = None
    bay: Location | None = None


def equipment_of(station: Station) -> Equipment:
    places = {place.kind: place for place in Location.objects.filter(station=station)}
    return Equipment(
        scale=Scale.objects.filter(station=station, is_active=True).order_by("pk").first(),
        line=places.get(Location.Kind.LINE),
        bay=places.get(Location.Kind.BAY),
    )


@transaction.atomic
def add_station(*, site: Site, code: str, name: str, unit: str, equipment: Equipment, by: User) -> Station:
    """Set up a station with what it works with."""
    check(by, Action.SET_STATION)
    with audit.acting(by):
        station = services.create_station(site=site, code=code, name=name, unit=unit)
    _equip(station, equipment, by)
    return station


@transaction.atomic
def change_station(*, station: Station, name: str, unit: str, is_active: bool, equipment: Equipment, by: User) -> None:
    """What a station is called, the unit its weights are typed in, what it works with, and whether it is in use."""
    check(by, Action.SET_STATION)
    station.refresh_from_db(from_queryset=Station.objects.select_for_update(no_key=True))
    station.name, station.unit, station.is_active = name, unit, is_active
    with audit.acting(by):
        station.save(update_fields=["name", "unit", "is_active"])
    _equip(station, equipment, by)


def _equip(station: Station, equipment: Equipment, by: User) -> None:
    """What it had and has no more goes first, since a station has one line and one bay."""
    had, has = equipment_of(station), equipment
    for was, now in ((had.scale, has.scale), (had.line, has.line), (had.bay, has.bay)):
        if was is not None and was != now:
            set_station(was, None, by=by)
        if now is not None and now.station_id != station.pk:
            set_station(now, station, by=by)


@transaction.atomic
def store_tare(
    *,
    station: Station,
    kind: ContainerKind,
    tare_read: Decimal,
    unit: str,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
) -> StationTare:
    """Keep what an empty container of this kind weighs on the station's scale, in place of what was kept before."""
    check(by, Action.SET_STATION)
    if at > now:
        raise DomainError(_("This time has not come yet. Type when the empty one was weighed."), field="at")
    with audit.acting(by):
        tare, _made = StationTare.objects.update_or_create(
            station=station, kind=kind, defaults={"tare_read": tare_read, "unit": unit, "weighed_at": at}
        )
    return tare
