"""CV-CAPACITY and CV-TON of the acceptance cases (calculations.json, figures copied), through services and workers."""

import datetime as dt
from decimal import Decimal

import pytest

from plant.limits import services
from plant.limits.models import Utilization
from plant.units import short_tons, tonnes
from tests.limits import years

pytestmark = pytest.mark.django_db


def near(value, expected, places=3):
    return round(Decimal(value), places) == Decimal(expected)


def test_half_a_year_of_6412_5_tonnes_gives_the_figures_of_cv_capacity():
    plant = years.plant_with_limit(2027)
    batch = years.running_batch(plant, at=years.moment(plant, "2027-01-01", "00:05"))
    for number in range(161):  # at most 40 t each: 160 x 40,000 kg + 12,500 kg = 6,412.5 t
        day = dt.date(2027, 1, 1) + dt.timedelta(days=number)
        years.charge(plant, batch, 40_000 if number else 12_500, at=years.moment(plant, day))
    end_of_30_june = years.moment(plant, "2027-07-01", "00:00")

    row = years.figures(plant, end_of_30_june)

    assert tonnes(row.processed_kg) == Decimal("6412.5")
    assert near(row.used_ratio * 100, "47.500")  # utilisation_ytd_pct 47.5
    assert near(row.elapsed_ratio * 100, "49.589")  # year_elapsed_pct
    assert (row.days_elapsed, row.complete_days, row.days_in_year) == (181, 181, 365)
    assert near(tonnes(row.run_rate_kg_per_year), "12931.285")  # annualised_run_rate_t
    assert tonnes(row.remaining_kg) == Decimal("7087.5")  # remaining_t
    assert near(tonnes(row.required_kg_per_day), "38.519")  # required_t_per_day_to_reach_limit
    assert row.as_of == row.computed_at == end_of_30_june
    assert (row.formula, row.formula_version) == ("F11 F12 F14", 1)


def limit_of(plant, quantity, unit):
    return services.create_limit(
        site=plant.site,
        code=f"AIR-{unit.upper()}",
        name="Air permit",
        quantity=Decimal(quantity),
        unit=unit,
        source="Condition 2.1: 13,500 tons in any calendar year",
        valid_from=dt.date(2027, 1, 1),
        by=plant.users["manager"],
    )


def test_a_limit_in_short_tons_is_cv_ton_in_kilograms():
    plant = years.plant_with_limit(2027)
    in_short_tons, in_tonnes = limit_of(plant, 13_500, "short_ton"), limit_of(plant, 13_500, "tonne")

    assert in_short_tons.limit_kg == Decimal("12246993.990")
    assert near(tonnes(in_short_tons.limit_kg), "12246.994")  # short_tons_to_tonnes
    assert near(short_tons(in_tonnes.limit_kg), "14881.203")  # tonnes_to_short_tons
    assert in_tonnes.limit_kg / 40_000 == Decimal("337.5")  # kg_per_battery_if_metric_40000
    assert near(in_short_tons.limit_kg / 40_000, "306.175")  # kg_per_battery_if_short_40000


def test_a_limit_in_short_tons_is_used_by_the_same_kilograms():
    plant = years.plant_with_limit(2027)
    limit_of(plant, 13_500, "short_ton")
    batch = years.running_batch(plant, at=years.moment(plant, "2027-01-01", "00:05"))
    years.charge(plant, batch, 12_247, at=years.moment(plant, "2027-01-01"))

    years.figures(plant, years.moment(plant, "2027-01-02"))

    used = dict(Utilization.objects.values_list("limit__code", "used_ratio"))
    assert used["NAMEPLATE"] == Decimal("0.00090719")  # 12,247 kg of 13,500,000 kg
    assert used["AIR-SHORT_TON"] == Decimal("0.00100000")  # of 12,246,993.99 kg
