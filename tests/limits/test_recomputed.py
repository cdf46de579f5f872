"""Utilization is a derived fact: what changes marks it, and everything computed again gives the same."""

import datetime as dt

import pytest

from plant import recompute
from plant.limits import facts
from plant.limits.models import Utilization
from plant.limits.tasks import refresh_utilization
from plant.management.commands.reconcile import reconcile
from plant.recompute.models import Mark
from tests.limits import years

pytestmark = pytest.mark.django_db


def waiting():
    return set(Mark.objects.filter(fact="utilization").values_list("key", flat=True))


@pytest.fixture
def plant():
    return years.plant_with_limit(2027)


def test_a_charge_makes_the_years_utilization_follow(plant):
    at = years.moment(plant, "2027-05-03")
    recompute.drain(at)
    batch = years.running_batch(plant, at=at)
    years.charge(plant, batch, 3_000, at=at)

    recompute.drain(at)

    assert Utilization.objects.get().processed_kg == 3_000
    assert Utilization.objects.get().today_kg == 3_000


def test_a_days_flows_change_its_year_and_the_later_years_that_are_there(plant):
    years.figures(plant, years.moment(plant, "2029-01-02"))
    years.figures(plant, years.moment(plant, "2028-06-02"))

    assert set(facts.keys_of_day("GMBI:2027-12-31")) == {
        "GMBI:NAMEPLATE:2027",
        "GMBI:NAMEPLATE:2028",
        "GMBI:NAMEPLATE:2029",
    }
    assert set(facts.keys_of_day("GMBI:2029-01-01")) == {"GMBI:NAMEPLATE:2029"}
    assert facts.keys_of_day("OTHER:2029-01-01") == []


def test_beat_marks_the_running_year_of_every_limit(plant):
    recompute.drain(years.moment(plant, "2027-05-03"))
    assert waiting() == set()

    facts.mark_current_years(years.moment(plant, "2027-05-03", "12:05"))

    assert waiting() == {"GMBI:NAMEPLATE:2027"}


def test_the_task_reads_the_clock_and_marks(plant):
    recompute.drain(years.moment(plant, "2027-05-03"))

    refresh_utilization()

    this_year = dt.datetime.now(plant.site.zone).year
    assert waiting() == ({f"GMBI:NAMEPLATE:{this_year}"} if this_year >= 2027 else set())


def test_beat_marks_a_year_that_ended_until_it_is_whole(plant):
    years.figures(plant, years.moment(plant, "2027-12-31", "23:58"))
    new_year = years.moment(plant, "2028-01-01", "00:02")

    facts.mark_current_years(new_year)
    assert waiting() == {"GMBI:NAMEPLATE:2027", "GMBI:NAMEPLATE:2028"}

    recompute.drain(new_year)
    facts.mark_current_years(new_year)
    assert waiting() == {"GMBI:NAMEPLATE:2028"}


def test_a_thousand_marks_are_one_row(plant):
    now = years.moment(plant, "2027-05-03")
    for _beat in range(20):
        facts.mark_current_years(now)

    recompute.drain(now)

    assert Utilization.objects.count() == 1


def test_reconcile_finds_no_difference_and_names_a_wrong_one(plant):
    batch = years.running_batch(plant, at=years.moment(plant, "2027-05-03", "08:00"))
    years.charge(plant, batch, 3_000, at=years.moment(plant, "2027-05-03"))
    years.figures(plant, years.moment(plant, "2027-05-04"))

    assert reconcile(years.moment(plant, "2027-05-20"))[0] == []

    Utilization.objects.update(remaining_kg=1)
    [difference] = reconcile(years.moment(plant, "2027-05-20"))[0]
    assert difference == "utilization GMBI:NAMEPLATE:2027, remaining_kg: stored 1.000, computed 13497000.000"
