"""Setting limits: a limit is made, changed from a day on, and told in packs."""

import datetime as dt
import re
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from plant import audit, recompute
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory.models import DailyFlow
from plant.limits.models import LARGEST_QUANTITY, Limit, LimitUnit, PackFactor
from plant.models import Site, User
from plant.units import GRAM

FIRST_YEAR, LAST_YEAR = 2000, 2100
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,29}", re.ASCII)


class BadLimit(DomainError):
    code = "bad_limit"


class Overlap(DomainError):
    """Two versions of a limit would count on the same day."""

    code = "overlap"


@transaction.atomic
def create_limit(
    *,
    site: Site,
    code: str,
    name: str,
    quantity: Decimal,
    unit: str,
    source: str,
    valid_from: dt.date,
    opening_quantity: Decimal = Decimal(0),
    opening_source: str = "",
    by: User,
) -> Limit:
    """Set an annual limit on what is processed, as its source says it; `unit` is "tonne" or "short_ton".

    Raises `BadLimit` at the field that is wrong, `Overlap` where the code is a limit already.
    """
    check(by, Action.SET_LIMIT)
    if not _CODE.fullmatch(code):
        raise BadLimit(
            _("A code has capital letters, digits, - and _ only, at most 30, such as NAMEPLATE."), field="code"
        )
    _check_words(name=name, source=source)
    _check_quantity(quantity, unit)
    _check_opening(opening_quantity, opening_source)
    _check_day(valid_from)
    _one_at_a_time(site)
    there = Limit.objects.on_site(site).filter(code=code).order_by("valid_from").first()
    if there is not None:
        raise Overlap(
            _("%(code)s is a limit already, from %(day)s on. Open it and change it from a later day on.")
            % {"code": code, "day": there.valid_from.isoformat()},
            field="code",
        )
    return _insert(
        site=site,
        code=code,
        name=name.strip(),
        measure=Limit.Measure.PROCESSED,
        window=Limit.Window.CALENDAR_YEAR,
        quantity=quantity,
        unit=unit,
        source=source.strip(),
        valid_from=valid_from,
        opening_quantity=opening_quantity,
        opening_source=opening_source.strip(),
        created_by=by,
    )


@transaction.atomic
def change_limit(
    *,
    limit: Limit,
    valid_from: dt.date,
    quantity: Decimal,
    unit: str,
    source: str,
    by: User,
    name: str = "",
    opening_quantity: Decimal | None = None,
    opening_source: str = "",
) -> Limit:
    """A new version of a limit from a day on; the version before it ends the day before and keeps judging its years.

    The opening figure stays as it is within its year, unless a new one is given. Raises `BadLimit` or `Overlap`.
    """
    check(by, Action.SET_LIMIT)
    _one_at_a_time(limit.site)
    former = Limit.objects.for_change().get(site=limit.site_id, code=limit.code, valid_to=None)
    name = name.strip() or former.name
    _check_words(name=name, source=source)
    _check_quantity(quantity, unit)
    _check_day(valid_from)
    if valid_from <= former.valid_from:
        raise Overlap(
            _("The version from %(day)s on would overlap. Choose a later day.")
            % {"day": former.valid_from.isoformat()},
            field="valid_from",
        )
    if opening_quantity is None:
        opening_quantity, opening_source = _opening_of(former, valid_from, unit)
    _check_opening(opening_quantity, opening_source)
    with audit.acting(by):
        former.valid_to = valid_from - dt.timedelta(days=1)
        former.save(update_fields=["valid_to"])
    return _insert(
        site=former.site,
        code=former.code,
        name=name,
        measure=former.measure,
        window=former.window,
        quantity=quantity,
        unit=unit,
        source=source.strip(),
        valid_from=valid_from,
        opening_quantity=opening_quantity,
        opening_source=opening_source.strip(),
        created_by=by,
    )


@transaction.atomic
def create_pack_factor(*, site: Site, kg_per_pack: Decimal, source: str, valid_from: dt.date, by: User) -> PackFactor:
    """Say how many kilograms one pack equivalent is from a day on, and where that figure comes from."""
    check(by, Action.SET_LIMIT)
    if not source.strip():
        raise BadLimit(_("Say where the kilograms of a pack come from."), field="source")
    if not (kg_per_pack.is_finite() and 0 < kg_per_pack <= 10_000 and kg_per_pack == kg_per_pack.quantize(GRAM)):
        raise BadLimit(_("A pack weighs more than 0 and at most 10,000 kg, to the gram."), field="kg_per_pack")
    if PackFactor.objects.filter(site=site, valid_from=valid_from).exists():
        raise Overlap(_("There is a factor from that day already. Choose another day."), field="valid_from")
    with audit.acting(by):
        return PackFactor.objects.create(
            site=site, kg_per_pack=kg_per_pack, source=source.strip(), valid_from=valid_from
        )


def _one_at_a_time(site: Site) -> None:
    """Limits of a site are set one after the other: who waited here sees the version that the other one made."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def _insert(**columns: object) -> Limit:
    limit = Limit(**columns)
    with audit.acting(limit.created_by):
        limit.save(force_insert=True)
    _mark_years(limit)
    return limit


def _mark_years(limit: Limit) -> None:
    """Every year from the version's first to the last that can have figures is to be judged anew."""
    last_flow = DailyFlow.objects.filter(site=limit.site).aggregate(last=Max("day"))["last"]
    made_on = limit.site.day(limit.created_at)
    last = max(day.year for day in (limit.valid_from, made_on, last_flow) if day is not None)
    years = range(limit.valid_from.year, last + 1)
    recompute.mark_stale("utilization", *(f"{limit.site.code}:{limit.code}:{year}" for year in years))


def _opening_of(former: Limit, valid_from: dt.date, unit: str) -> tuple[Decimal, str]:
    """The opening figure that a new version takes over: that of its year, none in a later year."""
    if former.valid_from.year != valid_from.year or not former.opening_quantity:
        return Decimal(0), ""
    if former.unit != unit:
        raise BadLimit(
            _("The unit changes from %(former)s to %(unit)s. Type the opening figure in the new unit.")
            % {"former": LimitUnit(former.unit).label, "unit": LimitUnit(unit).label},
            field="opening_quantity",
        )
    return former.opening_quantity, former.opening_source


def _check_words(*, name: str, source: str) -> None:
    if not name.strip():
        raise BadLimit(_("Give the limit a name."), field="name")
    if not source.strip():
        raise BadLimit(_("A limit quotes its source. Type what the document says."), field="source")


def _check_quantity(quantity: Decimal, unit: str) -> None:
    if unit not in LimitUnit.values:
        raise BadLimit(
            _("“%(unit)s” does not say which ton. Choose tonne (1,000 kg) or short ton (2,000 lb).")
            % {"unit": str(unit)[:20]},
            field="unit",
        )
    if not quantity.is_finite() or not 0 < quantity <= LARGEST_QUANTITY or quantity != quantity.quantize(GRAM):
        raise BadLimit(
            _("A limit lies above zero and at most at %(largest)s, with at most three decimals.")
            % {"largest": f"{LARGEST_QUANTITY:,}"},
            field="quantity",
        )


def _check_opening(quantity: Decimal, source: str) -> None:
    if not quantity.is_finite() or not 0 <= quantity <= LARGEST_QUANTITY or quantity != quantity.quantize(GRAM):
        raise BadLimit(
            _("An opening figure is not negative and at most %(largest)s, with at most three decimals.")
            % {"largest": f"{LARGEST_QUANTITY:,}"},
            field="opening_quantity",
        )
    if quantity and not source.strip():
        raise BadLimit(_("An opening figure names the paper it comes from."), field="opening_source")


def _check_day(valid_from: dt.date) -> None:
    if not FIRST_YEAR <= valid_from.year <= LAST_YEAR:
        raise BadLimit(
            _("The year %(year)s cannot be right. Type a day from 2000 to 2100.") % {"year": valid_from.year},
            field="valid_from",
        )
