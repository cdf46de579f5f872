"""The plant in Winston-Salem as public sources describe it: site, parties, places, materials, recipes, people.

Facts are of the announcement of 19 June 2025 and the press since; a bay's name, a tare or a plausible mass is ours and
is configuration. Made through the services, like everything.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from intake.services import define_proposal
from plant import access, services
from plant.inventory import master_data
from plant.inventory.models import (
    Chemistry,
    ContainerKind,
    Grade,
    Location,
    Material,
    Pool,
    RegulatoryStatus,
    Scale,
)
from plant.limits import services as limits
from plant.models import Facility, Party, Role, Site, Station, User
from plant.records import services as records
from processing import services as processing
from processing.models import Line, RecipeVersion

Kind = Location.Kind


@dataclass
class Plant:
    """The site and everything set up on it, by code."""

    site: Site
    parties: dict[str, Party] = field(default_factory=dict)
    facilities: dict[str, Facility] = field(default_factory=dict)
    chemistries: dict[str, Chemistry] = field(default_factory=dict)
    materials: dict[str, Material] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)
    statuses: dict[str, RegulatoryStatus] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    kinds: dict[str, ContainerKind] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    recipes: dict[str, RecipeVersion] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)


GS1_PREFIX = "0614141"
"""The company prefix of GS1's own examples; a real plant has its own."""

PARTIES = (
    # code, name, supplier, customer, owner
    ("GMBI", "Green Metals Battery Innovations", False, False, True),
    ("LGES", "LG Energy Solution", True, False, True),
    ("TBMNC", "Toyota Battery Manufacturing North Carolina", True, False, True),
    ("GMI", "Green Metals, Inc.", True, True, False),
    ("TTA", "Toyota Tsusho America", True, False, True),
    ("POST1", "Post-processor 1", False, True, False),
    ("POST2", "Post-processor 2", False, True, False),
    ("WASTE", "Licensed waste contractor", False, True, False),
)

FACILITIES = (
    ("LGES", "LANSING", "LGES Lansing", "Lansing, Michigan"),
    ("LGES", "HOLLAND", "LGES Holland", "Holland, Michigan"),
    ("TBMNC", "LIBERTY", "TBMNC Liberty", "Liberty, North Carolina"),
    ("GMI", "GMI-LIBERTY", "GMI at the Liberty campus", "Liberty, North Carolina"),
    ("TTA", "GEORGETOWN", "TTA collection, Georgetown", "Georgetown, Kentucky"),
    ("POST1", "POST1-PLANT", "Post-processor 1, refinery", "Address on the contract"),
    ("POST2", "POST2-PLANT", "Post-processor 2, refinery", "Address on the contract"),
    ("GMI", "GMI-METALS", "GMI metals yard", "Liberty, North Carolina"),
    ("WASTE", "WASTE-SITE", "Waste contractor, treatment site", "Address on the contract"),
)

CHEMISTRIES = (
    ("NCMA", Pool.NICKEL),
    ("NMC811", Pool.NICKEL),
    ("NMC622", Pool.NICKEL),
    ("NCA", Pool.NICKEL),
    ("LFP", Pool.LFP),
    ("GRAPHITE", Pool.OTHER),
)

GRADES = (
    ("NMC_BM", "Nickel black mass", "BLACK_MASS", Pool.NICKEL),
    ("LFP_BM", "LFP black mass", "BLACK_MASS", Pool.LFP),
    ("GRAPHITE", "Graphite powder", "BLACK_MASS", Pool.OTHER),
    ("NMC_MODULE", "Nickel modules for shredding", "MODULE", Pool.NICKEL),
    ("LFP_MODULE", "LFP modules for shredding", "MODULE", Pool.LFP),
)

STATUSES = (
    # code, name, what 40 CFR 273.34 and 262.17(a)(5) want to read on each container
    ("UNIVERSAL_WASTE", "Universal waste, batteries", "Universal Waste - Battery(ies)"),
    ("NOT_SOLID_WASTE", "Not a solid waste, reclaimed", ""),
    ("HAZARDOUS_WASTE", "Hazardous waste", "Hazardous Waste"),
    ("OWN_WASTE", "Waste made here", ""),
)

PROPOSALS = (
    (
        ("WET_CELL", "FORMED_CELL", "MODULE", "PACK"),
        "UNIVERSAL_WASTE",
        "40 CFR 273.2: batteries managed as universal waste until recycled",
    ),
    (
        ("SLURRY", "POWDER", "CATHODE_FOIL", "ANODE_FOIL", "ELECTRODE_MIX", "DRY_STACK"),
        "NOT_SOLID_WASTE",
        "Off-specification unused product that is reclaimed (40 CFR 261.2(c)(3)); to be decided per stream",
    ),
)

PLACES = (
    # code, name, kind, parent, DDR
    ("SITE", "4043 Reynolds Court", Kind.SITE, None, False),
    ("WAREHOUSE", "Warehouse", Kind.AREA, "SITE", False),
    ("PROCESS", "Process hall", Kind.AREA, "SITE", False),
    ("ZONE-A", "Zone A, electrode scrap", Kind.ZONE, "WAREHOUSE", False),
    ("ZONE-B", "Zone B, cells and modules", Kind.ZONE, "WAREHOUSE", False),
    ("ZONE-DDR", "Zone D, damaged batteries", Kind.ZONE, "WAREHOUSE", True),
    ("ZONE-P", "Zone P, products", Kind.ZONE, "WAREHOUSE", False),
    *((f"A-{n:02d}", f"Bay A-{n:02d}", Kind.BAY, "ZONE-A", False) for n in range(1, 7)),
    *((f"B-{n:02d}", f"Bay B-{n:02d}", Kind.BAY, "ZONE-B", False) for n in range(1, 7)),
    *((f"D-{n:02d}", f"Bay D-{n:02d} (DDR)", Kind.BAY, "ZONE-DDR", True) for n in range(1, 3)),
    *((f"P-{n:02d}", f"Bay P-{n:02d}", Kind.BAY, "ZONE-P", False) for n in range(1, 7)),
    ("SUPPLIERS", "Suppliers", Kind.SUPPLIER, None, False),
    ("CUSTOMERS", "Customers", Kind.CUSTOMER, None, False),
    ("UNACCOUNTED", "Unaccounted", Kind.UNACCOUNTED, None, False),
    ("COUNTS", "Count corrections", Kind.ADJUSTMENT, None, False),
    ("MOISTURE", "Moisture", Kind.LOSS, None, False),
    ("OFF_GAS", "Off-gas", Kind.LOSS, None, False),
    ("DUST", "Dust to the filter", Kind.LOSS, None, False),
    ("SAMPLE", "Samples taken", Kind.LOSS, None, False),
    ("BRINE", "Discharge brine", Kind.LOSS, None, False),
)

CONTAINER_KINDS = (
    # code, name, tare, least and largest plausible net kg, target for product, boxed
    ("GAYLORD", "Gaylord", "45", "20", "1000", None, True),
    ("DRUM", "Drum", "20", "5", "400", None, True),
    ("CRATE", "Crate", "80", "20", "1500", None, True),
    ("PALLET", "Pallet", "25", "20", "1500", None, True),
    ("BIG_BAG", "Big bag", "3", "50", "1200", "800", True),
    ("TOTE", "Tote", "60", "10", "1300", None, True),
    ("ROLL_OFF", "Roll-off box", "2500", "200", "20000", None, True),
    ("HEAP", "Heap", None, "100", "40000", None, False),
)

STATIONS = (
    # code, name, unit, the line or bay it works at
    ("DOCK-1", "Dock 1", "lb", "A-01"),
    ("LINE-1", "Line 1", "kg", "LINE-1"),
    ("LINE-2", "Line 2", "kg", "LINE-2"),
    ("BAGGING", "Bagging", "kg", "P-01"),
)

SCALES = (
    # code, name, unit, capacity in kg, station
    ("TRUCK", "Truck scale", "lb", "54000", None),
    ("DOCK", "Dock platform scale", "lb", "3000", "DOCK-1"),
    ("BAG", "Big bag scale", "kg", "2000", "BAGGING"),
)

PRINTERS = (
    # code, name, station
    ("DOCK", "Dock label printer", "DOCK-1"),
    ("BAGGING", "Bagging label printer", "BAGGING"),
)

SHREDDED = ("CATHODE_FOIL", "ANODE_FOIL", "ELECTRODE_MIX", "DRY_STACK")
RECIPES = (
    ("ELECTRODE", "Electrode scrap", ("LINE-1", "LINE-2"), ("POWDER", *SHREDDED)),
    ("CELLS", "Cells and modules, inert", ("LINE-1", "LINE-2"), (*SHREDDED, "WET_CELL", "FORMED_CELL", "MODULE")),
    ("WHOLE_PACKS", "Whole packs", ("LINE-1", "LINE-2"), ("PACK", "MODULE")),
    ("DISMANTLE", "Dismantle packs", ("DISMANTLING",), ("PACK",)),
    ("SLURRY", "Dry slurry", ("LINE-1", "LINE-2"), ("SLURRY", "POWDER")),
)

BADGES = {
    # user name: badge, PIN; a badge's number is as short as a person can type it
    "operator": ("OP-1001", "1001"),
    "operator2": ("OP-1002", "1002"),
    "supervisor": ("OP-2001", "2001"),
    "ehs": ("OP-3001", "3001"),
}
"""With these the people of the floor take turns at the stations' terminals. Of a demo: the PIN is the number."""


def badge_and_pin(username: str) -> dict[str, str]:
    """What the demo tells of somebody's badge."""
    return dict(zip(("badge", "pin"), BADGES.get(username, ()), strict=False))


PEOPLE = (
    ("operator", "Operator, first shift", Role.OPERATOR, None),
    ("operator2", "Operator, second shift", Role.OPERATOR, None),
    ("supervisor", "Shift supervisor", Role.SUPERVISOR, None),
    ("manager", "Plant manager", Role.MANAGER, None),
    ("ehs", "EHS manager", Role.EHS, None),
    ("partner", "Post-processor 1, buying", Role.PARTNER, "POST1"),
    ("administrator", "Administrator", Role.ADMINISTRATOR, None),
)


@transaction.atomic
def build(*, passwords: dict[str, str], code: str = "GMBI", mark: str = "", printer_port: int = 9100) -> Plant:
    """Set up the whole plant; `passwords` by user name. A second site takes another code and mark."""
    site = services.create_site(
        code=code,
        name="Green Metals Battery Innovations",
        timezone="America/New_York",
        mark=mark,
        address="4043 Reynolds Court, Winston-Salem, North Carolina",
        gs1_prefix="" if mark else GS1_PREFIX,
    )
    plant = Plant(site)
    _parties(plant)
    _people(plant, passwords)
    _materials(plant)
    _stations(plant)
    _places(plant)
    _lines_and_recipes(plant)
    _work_places(plant)
    _printers(plant, printer_port)
    return plant


def _parties(plant: Plant) -> None:
    for code, name, is_supplier, is_customer, is_owner in PARTIES:
        plant.parties[code] = services.create_party(
            site=plant.site,
            code=code,
            name=name,
            is_supplier=is_supplier,
            is_customer=is_customer,
            is_owner=is_owner,
        )
    for party, code, name, address in FACILITIES:
        plant.facilities[code] = services.create_facility(
            party=plant.parties[party], code=code, name=name, address=address
        )


def _people(plant: Plant, passwords: dict[str, str]) -> None:
    for username, name, role, party in PEOPLE:
        plant.users[username] = access.create_user(
            username=username if not plant.site.mark else f"{username}-{plant.site.mark.lower()}",
            name=name,
            role=role,
            password=passwords[username],
            site=plant.site,
            party=plant.parties[party] if party else None,
        )
    for username, (badge, pin) in BADGES.items():
        access.set_badge(user=plant.users[username], badge=badge, by=None)
        access.set_pin(user=plant.users[username], pin=pin, by=None)


def _materials(plant: Plant) -> None:
    site = plant.site
    for code, pool in CHEMISTRIES:
        plant.chemistries[code] = master_data.define_chemistry(site=site, code=code, pool=pool)
    for type in (*master_data.SCRAP_TYPES, *master_data.OUTPUTS):
        plant.materials[type.code] = master_data.define_material(site=site, type=type)
    for code, name, material, pool in GRADES:
        plant.grades[code] = master_data.define_grade(
            site=site, code=code, name=name, material=plant.materials[material], pool=pool
        )
    for code, name, label_words in STATUSES:
        plant.statuses[code] = master_data.define_status(site=site, code=code, name=name, label_words=label_words)
    for materials, status, basis in PROPOSALS:
        for material in materials:
            define_proposal(site=site, material=plant.materials[material], status=plant.statuses[status], basis=basis)


def _stations(plant: Plant) -> None:
    for code, name, unit, _place in STATIONS:
        plant.stations[code] = services.create_station(site=plant.site, code=code, name=name, unit=unit)


def _work_places(plant: Plant) -> None:
    """The lines are places too, so this comes last."""
    places = {**plant.locations, **{code: line.location for code, line in plant.lines.items()}}
    for code, _name, _unit, place in STATIONS:
        master_data.set_station(places[place], plant.stations[code], by=plant.users["administrator"])


def _printers(plant: Plant, port: int) -> None:
    """Both are the demo's sink, which stands for a label printer (plant/demo/sink.py)."""
    for code, name, station in PRINTERS:
        records.create_printer(
            site=plant.site,
            code=code,
            name=name,
            host="127.0.0.1",
            port=port,
            station=plant.stations[station],
            by=plant.users["administrator"],
        )


def _places(plant: Plant) -> None:
    site = plant.site
    for code, name, kind, parent, is_ddr in PLACES:
        plant.locations[code] = master_data.define_location(
            site=site,
            code=code,
            name=name,
            kind=kind,
            parent=plant.locations[parent] if parent else None,
            is_ddr=is_ddr,
        )
    for code, name, tare, least, largest, target, is_boxed in CONTAINER_KINDS:
        plant.kinds[code] = master_data.define_container_kind(
            site=site,
            code=code,
            name=name,
            tare_kg=Decimal(tare) if tare else None,
            target_kg=Decimal(target) if target else None,
            plausible_min_kg=Decimal(least),
            plausible_max_kg=Decimal(largest),
            is_boxed=is_boxed,
        )
    for code, name, unit, capacity, station in SCALES:
        plant.scales[code] = master_data.define_scale(
            site=site,
            code=code,
            name=name,
            unit=unit,
            capacity_kg=Decimal(capacity),
            station=plant.stations[station] if station else None,
        )


def _lines_and_recipes(plant: Plant) -> None:
    site = plant.site
    for code, name in (
        ("LINE-1", "Line 1, shredding"),
        ("LINE-2", "Line 2, shredding"),
        ("DISMANTLING", "Dismantling bench"),
    ):
        plant.lines[code] = processing.create_line(site=site, code=code, name=name, parent=plant.locations["PROCESS"])
    for code, name, lines, materials in RECIPES:
        recipe = processing.create_recipe(site=site, code=code, name=name)
        plant.recipes[code] = processing.add_recipe_version(
            recipe=recipe,
            lines=[plant.lines[line] for line in lines],
            materials=[plant.materials[material] for material in materials],
        )


COMMISSIONED_ON = (3, 2)
COMMISSIONING_KG_PER_DAY = 2_400
"""From 2 March of the year on, on working days; what was processed before the story begins is an opening figure."""


def set_limits(plant: Plant, *, year: int, begins: dt.date | None = None) -> None:
    """The announced nameplate as a limit from 1 January of the year, and the pack equivalent it implies. `begins`: the
    day on which the system took over from paper; what the paper says is the opening figure."""
    manager = plant.users["manager"]
    opening_kg = _commissioning_kg(begins) if begins else 0
    limits.create_limit(
        site=plant.site,
        code="NAMEPLATE",
        name="Nameplate capacity",
        quantity=Decimal(13_500),
        unit="tonne",
        source="Announcement of 19 June 2025: maximum annual capacity 13,500 t of scrap (in Korea “1만3,500t”), "
        "read as tonnes until a permit says otherwise.",
        valid_from=dt.date(year, 1, 1),
        opening_quantity=Decimal(opening_kg) / 1000,
        opening_source=f"Paper logs of the commissioning, from 2 March until {begins}" if opening_kg else "",
        by=manager,
    )
    limits.create_pack_factor(
        site=plant.site,
        kg_per_pack=Decimal("337.5"),
        source="13,500 t a year over 40,000 automotive packs (announcement of 19 June 2025)",
        valid_from=dt.date(year, 1, 1),
        by=manager,
    )


def _commissioning_kg(begins: dt.date) -> int:
    days = (begins - dt.date(begins.year, *COMMISSIONED_ON)).days
    return max(0, days) * 5 // 7 * COMMISSIONING_KG_PER_DAY
