"""A limit changes from a day on; each year is judged by its own version."""

import datetime as dt
from decimal import Decimal

import pytest

from plant.access import NotAllowed
from plant.limits import services
from plant.limits.models import Limit, Utilization
from tests.limits import years

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant():
    return years.plant_with_limit(2026)


def change(plant, valid_from, **changes):
    limit = Limit.objects.get(site=plant.site, code="NAMEPLATE", valid_to=None)
    given = {"quantity": Decimal(12_000), "unit": "tonne", "source": "Permit 2027", "by": plant.users["manager"]}
    return services.change_limit(limit=limit, valid_from=dt.date.fromisoformat(valid_from), **(given | changes))


def test_a_new_version_ends_the_former_the_day_before(plant):
    new = change(plant, "2027-01-01")

    former, *_rest = Limit.objects.order_by("valid_from")
    assert (former.valid_from, former.valid_to) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (new.code, new.name, new.valid_to) == ("NAMEPLATE", "Nameplate capacity", None)


def test_last_year_is_judged_by_last_years_limit(plant):
    now = years.moment(plant, "2027-02-01")
    change(plant, "2027-01-01")
    years.figures(plant, now)

    limits = dict(Utilization.objects.values_list("year", "limit_kg"))
    assert limits == {2026: 13_500_000, 2027: 12_000_000}


def test_a_change_within_the_year_judges_the_whole_year_once_it_has_begun(plant):
    change(plant, "2026-07-01")

    before = years.figures(plant, years.moment(plant, "2026-06-30", "23:59")).limit_kg
    after = years.figures(plant, years.moment(plant, "2026-07-01", "00:00")).limit_kg

    assert (before, after) == (13_500_000, 12_000_000)
    assert Utilization.objects.count() == 1


def test_the_rate_goes_on_over_a_change(plant):
    batch = years.running_batch(plant, at=years.moment(plant, "2026-06-20", "08:00"))
    years.charge(plant, batch, 10_000, at=years.moment(plant, "2026-06-21"))
    change(plant, "2026-07-01")

    row = years.figures(plant, years.moment(plant, "2026-07-11", "00:00"))

    assert (row.rate_from, row.complete_days) == (dt.date(2026, 6, 21), 20)


def test_a_version_that_would_overlap_is_refused(plant):
    with pytest.raises(services.Overlap, match="2026-01-01 on would overlap"):
        change(plant, "2026-01-01")
    with pytest.raises(services.Overlap, match="later day"):
        change(plant, "2025-06-01")

    assert Limit.objects.get().valid_to is None


def test_a_second_limit_of_the_same_code_is_refused(plant):
    with pytest.raises(services.Overlap, match="NAMEPLATE is a limit already, from 2026-01-01 on"):
        services.create_limit(
            site=plant.site,
            code="NAMEPLATE",
            name="Another",
            quantity=Decimal(1),
            unit="tonne",
            source="A letter",
            valid_from=dt.date(2030, 1, 1),
            by=plant.users["manager"],
        )


def test_the_opening_figure_stays_within_its_year(plant):
    change(plant, "2026-03-01", opening_quantity=Decimal("3000"), opening_source="Weighbridge book 2026")
    in_the_year, next_year = change(plant, "2026-10-01"), change(plant, "2027-01-01")

    assert (in_the_year.opening_quantity, in_the_year.opening_source) == (3_000, "Weighbridge book 2026")
    assert (next_year.opening_quantity, next_year.opening_source) == (0, "")


def test_the_opening_figure_is_asked_anew_when_the_unit_changes(plant):
    change(plant, "2026-03-01", opening_quantity=Decimal("3000"), opening_source="Weighbridge book 2026")

    with pytest.raises(services.BadLimit, match="opening figure in the new unit") as refusal:
        change(plant, "2026-10-01", unit="short_ton")

    assert refusal.value.field == "opening_quantity"


def test_a_past_limit_judges_every_year_since(plant):
    services.create_limit(
        site=plant.site,
        code="PERMIT",
        name="Permit",
        quantity=Decimal(9_000),
        unit="short_ton",
        source="Condition 4",
        valid_from=dt.date(2024, 7, 1),
        opening_quantity=Decimal(100),
        opening_source="Log of 2024",
        by=plant.users["manager"],
    )
    years.figures(plant, years.moment(plant, "2026-11-22"))

    found = Utilization.objects.filter(limit__code="PERMIT").order_by("year")
    assert [(row.year, row.opening_kg) for row in found] == [
        (2024, Decimal("90718.474")),
        (2025, 0),
        (2026, 0),
    ]


def test_a_limit_that_has_not_begun_has_no_figures(plant):
    services.create_limit(
        site=plant.site,
        code="NEXT",
        name="Next year",
        quantity=Decimal(9_000),
        unit="tonne",
        source="Draft permit",
        valid_from=dt.date(2027, 1, 1),
        by=plant.users["manager"],
    )
    years.figures(plant, years.moment(plant, "2026-12-31", "23:59"))
    assert not Utilization.objects.filter(limit__code="NEXT").exists()

    assert years.figures(plant, years.moment(plant, "2027-01-01", "00:00"), code="NEXT").days_elapsed == 0


def test_only_managers_set_limits(plant):
    with pytest.raises(NotAllowed):
        change(plant, "2027-01-01", by=plant.users["operator"])
