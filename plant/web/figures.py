"""How figures are written on the screen: the same in every language, the unit always there."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from plant.units import short_tons, tonnes

NBSP = "\u00a0"
NOTHING = "–"


def number(value: Decimal | int, places: int = 0) -> str:
    """1234.5 as `1,234.5`; a true minus sign, and no minus before zero."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return f"{abs(rounded) if rounded == 0 else rounded:,.{places}f}".replace("-", "−")


def kg(value: Decimal | int | None, places: int = 1) -> str:
    """A mass in kilograms: `1,234.5 kg`."""
    return NOTHING if value is None else f"{number(value, places)}{NBSP}kg"


def in_tonnes(value_kg: Decimal | int, places: int = 1) -> str:
    """Kilograms in tonnes: `13,500 t`, `6,412.5 t`; no empty decimals."""
    return f"{_trimmed(tonnes(Decimal(value_kg)), places)}{NBSP}t"


def in_short_tons(value_kg: Decimal | int, places: int = 1) -> str:
    """Kilograms in short tons (2,000 lb), which are always named: `14,881.2 short tons`."""
    figure = _trimmed(short_tons(Decimal(value_kg)), places)
    return _("%(figure)s short tons") % {"figure": figure}


def percent(ratio: Decimal | None, places: int = 2) -> str:
    """A ratio (1 = 100 %) in percent: `42.75 %`."""
    return NOTHING if ratio is None else f"{number(Decimal(ratio) * 100, places)}{NBSP}%"


def instant(at: dt.datetime | None, zone: dt.tzinfo | None = None) -> str:
    """By the site's clock, with its short name: `2026-11-22 14:05 EST`."""
    return NOTHING if at is None else timezone.localtime(at, zone).strftime("%Y-%m-%d %H:%M %Z")


def day(on: dt.date | dt.datetime | None, zone: ZoneInfo | None = None) -> str:
    """A day of the site: `2026-11-22`."""
    if isinstance(on, dt.datetime):
        on = timezone.localtime(on, zone).date()
    return NOTHING if on is None else on.isoformat()


def age(at: dt.datetime, as_of: dt.datetime) -> str:
    """How long it is from one instant to another, in its two largest units: `3 d 4 h`."""
    minutes, _seconds = divmod(max(0, int((as_of - at).total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        parts = [_("%(n)s d") % {"n": days}, _("%(n)s h") % {"n": hours}]
    elif hours:
        parts = [_("%(n)s h") % {"n": hours}, _("%(n)s min") % {"n": minutes}]
    else:
        parts = [_("%(n)s min") % {"n": minutes}]
    return " ".join(part.replace(" ", NBSP) for part in parts)


def _trimmed(value: Decimal, places: int) -> str:
    text = number(value, places)
    return text.removesuffix("." + "0" * places) if places else text
