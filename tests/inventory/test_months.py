"""A month is signed off and closed; a later entry takes a supervisor and a reason, and makes a new version."""

import datetime as dt
from decimal import Decimal

import pytest

from plant import recompute
from plant.access import NotAllowed
from plant.errors import DomainError
from plant.inventory import months, services
from plant.inventory.models import MonthStatement, Movement
from plant.inventory.months import MonthClosed, MonthNotOver
from tests.factories import NOON, container
from tests.pages import browser, send, text

pytestmark = pytest.mark.django_db

JUNE = dt.date(2026, 6, 1)
JULY = dt.datetime(2026, 7, 2, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def signed(plant):
    container(plant, 1000)
    return months.sign_off(site=plant.site, month=JUNE, seen_version=0, by=plant.users["manager"], now=JULY)


def late(plant, *, by="supervisor", reason="the ticket lay in the cab"):
    return container(plant, 500, by=plant.users[by], now=JULY, reason=reason)


def drain():
    recompute.drain(JULY)


def versions():
    return list(MonthStatement.objects.order_by("version").values_list("version", "origin", "why"))


def test_its_figures_are_the_ledgers(plant, signed):
    found = months.Figures.from_json(signed.figures)

    assert (found.opening_kg, found.closing_kg) == (0, Decimal(1000))
    assert found.flows == {"received": {"CATHODE_FOIL": Decimal(1000)}}
    assert months.on_hand_kg(plant.site, NOON.date()) == 0


def test_it_can_be_signed_when_it_is_over_and_by_a_manager(plant):
    signing = {"site": plant.site, "month": JUNE, "seen_version": 0}

    with pytest.raises(MonthNotOver):
        months.sign_off(**signing, by=plant.users["manager"], now=NOON)
    with pytest.raises(NotAllowed):
        months.sign_off(**signing, by=plant.users["supervisor"], now=JULY)


def test_an_operator_enters_nothing_into_it(plant, signed):
    with pytest.raises(NotAllowed, match="supervisor"):
        late(plant, by="operator")

    assert Movement.objects.count() == 1


def test_a_reversal_on_its_day_is_an_entry_into_it_too(plant, signed):
    movement = Movement.objects.get()

    with pytest.raises(NotAllowed):
        services.reverse_entry(movement=movement, reason="wrong", by=plant.users["operator"], now=movement.recorded_at)


def test_a_supervisor_gives_a_reason_where_nothing_else_asks_for_one(plant, signed):
    first_of_july = dt.datetime(2026, 7, 1, 5, 0, tzinfo=dt.UTC)  # an hour into the site's July
    with pytest.raises(MonthClosed, match="2026-06 is signed off"):
        container(
            plant,
            500,
            at=first_of_july - dt.timedelta(hours=2),
            now=first_of_july,
            by=plant.users["supervisor"],
        )


def test_a_later_entry_makes_a_new_version_and_leaves_the_signed_one(plant, signed):
    late(plant)
    drain()
    drain()

    assert versions() == [
        (1, "signed", ""),
        (2, "restated", "the ticket lay in the cab (Shift supervisor)"),
    ]
    assert MonthStatement.objects.get(version=1).figures == signed.figures
    assert months.Figures.from_json(months.latest(plant.site, JUNE).figures).closing_kg == Decimal(1500)


def test_a_manager_signs_the_version_that_was_looked_at(plant, signed):
    late(plant)
    drain()
    signing = {"site": plant.site, "month": JUNE, "by": plant.users["manager"], "now": JULY}

    with pytest.raises(DomainError, match="newer version"):
        months.sign_off(**signing, seen_version=1)
    assert months.sign_off(**signing, seen_version=2).version == 3
    with pytest.raises(DomainError, match="signed off already"):
        months.sign_off(**signing, seen_version=3)


def test_the_page_signs_and_then_shows_what_changed(plant, monkeypatch):
    monkeypatch.setattr("plant.inventory.month_views.now", lambda: JULY)
    container(plant, 1000)
    manager = browser(plant.users["manager"])

    assert send(manager, "/months/2026-06/", {"seen_version": 0}).status_code == 303
    late(plant)
    drain()

    shown = text(manager.get("/months/2026-06/"))
    assert "Version 2 Restated after a later entry" in shown
    assert "On hand at the end: 1,000.000 kg → 1,500.000 kg" in shown.replace("\xa0", " ")
    assert "Restated after a later entry version 2" in text(manager.get("/months/"))


def test_a_month_that_is_none_is_said(plant):
    response = browser(plant.users["manager"]).get("/months/2026-13/")

    assert response.status_code == 404
    assert "is no month" in text(response)
