"""What comes in, how much of it, and when: the streams of scrap and the ramp-up.

Who sends what follows the announcements (LGES scrap of batteries made for Toyota first; the Liberty plant and the dry
material that Green Metals handles there; end-of-life packs collected by Toyota Tsusho; LFP from lines turned to
storage). Shares, loads and container masses are ours: mature cell making leaves about 63 kg of trim to 37 kg of cells.
"""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Feed:
    """One stream: a scrap type of one chemistry from one plant, of one owner, with the line and recipe it runs on."""

    code: str
    material: str
    chemistry: str
    supplier: str
    facility: str
    owner: str
    packaging: str
    about_kg: int
    zone: str
    share: Decimal
    """Of the mass that comes in."""
    load_kg: int
    line: str = "LINE-1"
    recipe: str = "ELECTRODE"
    grade: str = "NMC_BM"
    is_end_of_life: bool = False


class Way(TypedDict, total=False):
    """Where and how a stream runs, where that is not line 1 and the recipe for electrodes."""

    line: str
    recipe: str
    grade: str
    is_end_of_life: bool


CELLS: Way = {"line": "LINE-2", "recipe": "CELLS"}
LFP_CELLS: Way = {**CELLS, "grade": "LFP_BM"}
PACKS: Way = {"line": "DISMANTLING", "recipe": "DISMANTLE", "grade": "NMC_MODULE", "is_end_of_life": True}
FEEDS = (
    Feed("FOIL", "CATHODE_FOIL", "NCMA", "LGES", "LANSING", "GMBI", "GAYLORD", 780, "A", Decimal("0.27"), 15_000),
    Feed("MIX", "ELECTRODE_MIX", "NMC811", "TBMNC", "LIBERTY", "TBMNC", "GAYLORD", 700, "A", Decimal("0.21"), 13_000),
    Feed("DRY", "DRY_STACK", "NMC811", "GMI", "GMI-LIBERTY", "GMBI", "GAYLORD", 600, "A", Decimal("0.10"), 9_000),
    Feed("POWDER", "POWDER", "NCMA", "LGES", "HOLLAND", "GMBI", "TOTE", 820, "A", Decimal("0.03"), 5_500),
    Feed("ANODE", "ANODE_FOIL", "GRAPHITE", "LGES", "LANSING", "GMBI", "GAYLORD", 420, "A", Decimal("0.02"), 3_000),
    Feed("WET", "WET_CELL", "NCMA", "LGES", "LANSING", "GMBI", "CRATE", 930, "B", Decimal("0.19"), 15_000, **CELLS),
    Feed(
        "CELL", "FORMED_CELL", "NMC811", "TBMNC", "LIBERTY", "TBMNC", "CRATE", 840, "B", Decimal("0.08"), 9_000, **CELLS
    ),
    Feed("LFP", "WET_CELL", "LFP", "LGES", "HOLLAND", "GMBI", "CRATE", 880, "B", Decimal("0.05"), 12_000, **LFP_CELLS),
    Feed("PACK", "PACK", "NMC622", "TTA", "GEORGETOWN", "GMBI", "PALLET", 489, "B", Decimal("0.05"), 6_000, **PACKS),
)
MODULES = Feed("MODULE", "MODULE", "NMC622", "TTA", "GEORGETOWN", "GMBI", "CRATE", 670, "B", Decimal(0), 0, **CELLS)
"""What the bench takes out of packs and line 2 shreds: it comes from nobody outside."""

FULL_RATE_KG_PER_DAY = 36_986
"""13,500 t in 365 days."""
FIRST_KG, LAST_KG = 5_000, 19_500
"""On a working day 90 days ago and today, half as much on Saturdays: in the last month a third of the full rate."""
RAMP_DAYS = 90
SATURDAY = Decimal("0.55")
"""Of a working day, while the plant works on Saturdays."""
SATURDAYS_SINCE = 45


def tonnage(day: dt.date, today: dt.date, chance: random.Random) -> int:
    """How many kilograms the plant means to process on a day of the ramp-up."""
    ago = (today - day).days
    target = LAST_KG - (LAST_KG - FIRST_KG) * min(ago, RAMP_DAYS) / RAMP_DAYS
    scatter = chance.gauss(1, 0.1)
    if is_holiday(day) or day.weekday() == 6 or (day.weekday() == 5 and ago > SATURDAYS_SINCE):
        return 0
    return round(target * scatter * (float(SATURDAY) if day.weekday() == 5 else 1))


def is_holiday(day: dt.date) -> bool:
    """Days on which nobody works: New Year, Independence Day, Labor Day, Thanksgiving, Christmas."""
    if (day.month, day.day) in {(1, 1), (7, 4), (12, 25)}:
        return True
    first_monday_of_september = day.month == 9 and day.weekday() == 0 and day.day <= 7
    fourth_thursday_of_november = day.month == 11 and day.weekday() == 3 and 22 <= day.day <= 28
    return first_monday_of_september or fourth_thursday_of_november
