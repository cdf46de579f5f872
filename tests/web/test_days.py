"""A day that is typed or stands in a list's address: of a year that can be right, else a sentence."""

import datetime as dt

import pytest
from django import forms

from plant.web import DayField


class Since(forms.Form):
    day = DayField()


@pytest.mark.parametrize("typed", ["2000-01-01", "2028-02-29", "2100-12-31"])
def test_a_day_is_taken(typed):
    form = Since({"day": typed})

    assert form.is_valid()
    assert form.cleaned_data["day"] == dt.date.fromisoformat(typed)


@pytest.mark.parametrize("typed", ["2026-02-30", "22.11.2026", "11/22/2026", "2026-11-22T10:00", "tomorrow", "1e3"])
def test_what_is_no_day_is_refused_with_an_example(typed):
    assert Since({"day": typed}).errors["day"] == ["This is not a day. Type it like 2026-11-22."]


@pytest.mark.parametrize("typed", ["0001-01-01", "0927-06-10", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_a_year_far_off_is_refused(typed):
    sentence = f"The year {int(typed[:4])} cannot be right. Type a year from 2000 to 2100."

    assert Since({"day": typed}).errors["day"] == [sentence]


@pytest.mark.parametrize("page", ["/intake/", "/batches/", "/shipments/"])
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_list_asked_for_the_end_of_time_says_so(screen, page, name):
    response = screen.get(page, {name: "9999-12-31"})

    assert response.status_code == 422
    assert "The year 9999 cannot be right." in response.content.decode()
