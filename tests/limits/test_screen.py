"""The pages of limits: all of them, one with its year, and the forms that set and change one."""

import datetime as dt
from decimal import Decimal

import pytest

from plant.limits.models import Limit
from tests import factories
from tests.limits import years
from tests.pages import browser, send, text

pytestmark = pytest.mark.django_db

GOOD = {
    "name": "Air permit, condition 2.1",
    "code": "air-2027",
    "quantity": "13,500",
    "unit": "short_ton",
    "valid_from": "2027-01-01",
    "source": "Permit 01234-R1, condition 2.1: no more than 13,500 short tons in any calendar year.",
}
NOW = dt.datetime(2027, 3, 10, 17, 0, tzinfo=dt.UTC)


@pytest.fixture
def plant(monkeypatch):
    monkeypatch.setattr("plant.limits.views.now", lambda: NOW)
    return years.plant_with_limit(2027)


def page(plant, path, who="manager"):
    return text(browser(plant.users[who]).get(path)).replace("\xa0", " ")


def test_a_manager_sets_a_limit_and_comes_to_its_page(plant):
    answer = send(browser(plant.users["manager"]), "/limits/new/", GOOD)

    limit = Limit.objects.get(code="AIR-2027")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/limits/AIR-2027/")
    assert (limit.quantity, limit.unit, limit.valid_from) == (13_500, "short_ton", dt.date(2027, 1, 1))
    assert limit.created_by == plant.users["manager"]


def test_pressed_twice_it_is_one_limit(plant):
    client, typed = browser(plant.users["manager"]), GOOD | {"once": "6f1f8a36-9d1c-4d52-8d2b-6a1cf1f0a001"}

    answers = [send(client, "/limits/new/", typed) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert Limit.objects.filter(code="AIR-2027").count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"unit": "ton"}, "“ton” does not say which ton. Choose tonne or short ton."),
        ({"unit": ""}, "Say which ton: tonne (1,000 kg) or short ton (2,000 lb)."),
        ({"quantity": "0"}, "A limit of zero is no limit."),
        ({"quantity": "-5"}, "cannot be negative"),
        ({"quantity": "13.500,0"}, "can be read in two ways"),
        ({"quantity": "lots"}, "is not a number"),
        ({"quantity": "9,999,999"}, "at most at 900,000"),
        ({"quantity": ""}, "Type the quantity as the source says it."),
        ({"source": ""}, "A limit quotes its source."),
        ({"valid_from": "2027-02-30"}, "This is not a day. Type it like 2027-01-01."),
        ({"valid_from": "1492-10-12"}, "The year 1492 cannot be right."),
        ({"code": "NAMEPLATE"}, "NAMEPLATE is a limit already, from 2027-01-01 on."),
        ({"code": "a b"}, "A code has capital letters"),
        ({"opening_quantity": "120.5"}, "An opening figure names the paper it comes from."),
    ],
)
def test_a_bad_limit_comes_back_with_its_sentence_and_what_was_typed(plant, typed, sentence):
    answer = send(browser(plant.users["manager"]), "/limits/new/", GOOD | typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Permit 01234-R1" in answer.content.decode() or "source" in typed
    assert Limit.objects.count() == 1


def test_a_manager_changes_a_limit_from_a_day_on(plant):
    client = browser(plant.users["manager"])
    typed = {
        "name": "Nameplate capacity",
        "quantity": "12,000",
        "unit": "tonne",
        "valid_from": "2028-01-01",
        "source": "New nameplate, letter of 1 December 2027",
    }

    answer = send(client, "/limits/NAMEPLATE/change/", typed)

    assert answer.status_code == 303
    new, former = Limit.objects.order_by("-valid_from")
    assert (new.quantity, former.valid_to) == (Decimal(12_000), dt.date(2027, 12, 31))
    shown = page(plant, "/limits/NAMEPLATE/")
    assert "12,000 tonnes from 2028-01-01" in shown
    assert "13,500 tonnes from 2027-01-01 to 2027-12-31" in shown


def test_a_change_that_would_overlap_comes_back(plant):
    typed = {k: GOOD[k] for k in ("name", "quantity", "unit", "source")} | {"valid_from": "2027-01-01"}

    answer = send(browser(plant.users["manager"]), "/limits/NAMEPLATE/change/", typed)

    assert answer.status_code == 422
    assert "The version from 2027-01-01 on would overlap. Choose a later day." in text(answer)


def test_operators_read_limits_and_do_not_find_the_forms(plant):
    operator = browser(plant.users["operator"])

    assert "Set a limit" not in text(operator.get("/limits/"))
    assert operator.get("/limits/NAMEPLATE/").status_code == 200
    assert operator.get("/limits/new/").status_code == 404
    assert send(operator, "/limits/NAMEPLATE/change/", GOOD).status_code == 404
    assert browser(plant.users["partner"]).get("/limits/").status_code == 404


def test_an_unknown_limit_and_year_are_not_found_with_a_sentence(plant):
    client = browser(plant.users["manager"])

    missing, year = client.get("/limits/NOPE/"), client.get("/limits/NAMEPLATE/?year=1999")

    assert (missing.status_code, year.status_code) == (404, 404)
    assert "There is no limit NOPE here." in text(missing)
    assert "There are no figures for the year 1999." in text(year)


def test_a_plant_without_limits_is_told_what_they_are():
    plant = factories.world()

    assert "No limit is set." in page(plant, "/limits/")


def test_a_page_explains_every_figure_of_the_year(plant):
    batch = years.running_batch(plant, at=years.moment(plant, "2027-02-07", "08:00"))
    years.charge(plant, batch, 40_000, at=years.moment(plant, "2027-02-07"))
    years.charge(plant, batch, 22_000, at=years.moment(plant, "2027-03-09"))
    years.charge(plant, batch, 1_350, at=years.moment(plant, "2027-03-10", "11:00"))
    years.figures(plant, NOW)

    shown = page(plant, "/limits/NAMEPLATE/")

    assert "(63.4 t processed + 0 t opening figure) / 13,500 t = 0.469 %" in shown  # 63,350 kg
    assert "68 complete days / 365 = 18.630 %" in shown
    assert "62 t / 31 complete days × 365 days = 730 t a year" in shown
    assert "Complete days since 2027-02-07" in shown
    assert "22 t / 30 complete days × 365 days = 267.7 t a year" in shown
    assert "13,436.6 t / 297 days left, today included = 45.2 t a day" in shown
    assert (
        "188 of 40,000 pack equivalents, 337.5 kg each. Factor: 13,500 t a year over 40,000 automotive packs" in shown
    )
    assert "13,500 t (14,881.2 short tons)" in shown
    assert "February 2027-02-28 40.0 40.0 2,182.2" in shown  # month, until, processed, to date, even pace
    assert "March 2027-03-10 23.4 63.4 2,552.1" in shown


def test_past_years_stay_to_be_read(plant):
    years.figures(plant, years.moment(plant, "2028-02-02"))

    shown = page(plant, "/limits/NAMEPLATE/?year=2027")

    assert "The year is over." in shown
    assert "365 of 365 days" in shown


def test_the_pages_cost_a_fixed_number_of_statements(plant, django_assert_num_queries):
    years.figures(plant, NOW)
    client = browser(plant.users["manager"])

    with django_assert_num_queries(6):  # session, person with site; figures, newest versions; two questions how stale
        client.get("/limits/")
    with django_assert_num_queries(10):  # and the versions twice, years, its days, the pack factor
        client.get("/limits/NAMEPLATE/")
