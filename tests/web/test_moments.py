"""A moment is typed by the site's clock and stored in UTC; a time the clock never showed, or showed twice, is asked."""

import datetime as dt

import pytest
from django import forms

from plant.models import Site
from plant.web import MomentField

SITE = Site(timezone="America/New_York")


def form(typed="", fold=None, **kwargs):
    class Receipt(forms.Form):
        at = MomentField(SITE, **kwargs)

    return Receipt({"at": typed} | ({"at_fold": fold} if fold is not None else {}))


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-06-10T12:00", utc(2026, 6, 10, 16)),
        ("2026-12-10T12:00", utc(2026, 12, 10, 17)),
        ("2026-12-10 12:00:30", utc(2026, 12, 10, 17, 0, 30)),
        ("2026-12-31T23:30", utc(2027, 1, 1, 4, 30)),
    ],
)
def test_the_sites_clock_becomes_utc(typed, instant):
    receipt = form(typed)

    assert receipt.is_valid()
    assert receipt.cleaned_data["at"] == instant


def test_a_time_the_clock_skipped_is_refused():
    receipt = form("2026-03-08T02:30")

    assert "did not exist here" in receipt.errors["at"][0]


def test_a_time_that_came_twice_is_asked():
    receipt = form("2026-11-01T01:30")

    assert "came twice" in receipt.errors["at"][0]
    shown = str(receipt)
    assert 'name="at_fold"' in shown
    assert "01:30 EDT" in shown
    assert "01:30 EST" in shown
    assert 'value="2026-11-01T01:30"' in shown


@pytest.mark.parametrize(("fold", "hour"), [("0", 5), ("1", 6)])
def test_the_answer_says_which_of_the_two_it_was(fold, hour):
    receipt = form("2026-11-01T01:30", fold)

    assert receipt.is_valid()
    assert receipt.cleaned_data["at"] == utc(2026, 11, 1, hour, 30)


def test_an_ordinary_time_asks_nothing_more():
    assert "at_fold" not in str(form("2026-06-10T12:00"))


@pytest.mark.parametrize(
    "typed",
    [
        "yesterday",
        "2026-06-10",
        "2026-13-10T12:00",
        "2026-06-31T12:00",
        "2026-06-10T25:00",
        "2026-06-10T12:00Z",
        "2026-06-10T12:00+02:00",
        "10.06.2026 12:00",
        "T12:00",
        "2026-06-10T12:00\x00",
    ],
)
def test_what_is_no_moment_is_refused_with_an_example(typed):
    assert form(typed).errors["at"] == ["This is not a date and time. Type it like 2026-11-22 14:05."]


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "1999-12-31T23:59", "2101-01-01T00:00", "9999-12-31T23:59"])
def test_a_year_far_off_is_refused(typed):
    receipt = form(typed)

    assert "Type a year from 2000 to 2100." in receipt.errors["at"][0]
    assert typed in str(receipt)


def test_empty_is_none_where_it_may_be_empty():
    receipt = form("", required=False)

    assert receipt.is_valid()
    assert receipt.cleaned_data["at"] is None


def test_empty_is_refused_where_it_is_needed():
    assert form("").errors["at"] == ["Type the date and time."]


def test_an_instant_is_shown_by_the_sites_clock():
    class Receipt(forms.Form):
        at = MomentField(SITE, initial=utc(2026, 6, 10, 16))

    assert 'value="2026-06-10T12:00"' in str(Receipt())
