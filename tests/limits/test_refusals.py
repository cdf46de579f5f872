"""What no limit can be, refused at its field with a sentence."""

import datetime as dt
from decimal import Decimal

import pytest

from plant.limits import services
from tests import factories

pytestmark = pytest.mark.django_db

GOOD = {
    "code": "AIR",
    "name": "Air permit",
    "quantity": Decimal(13_500),
    "unit": "short_ton",
    "source": "Condition 2.1",
    "valid_from": dt.date(2027, 1, 1),
}
BAD = [
    ("unit", "ton", "does not say which ton"),
    ("unit", "", "does not say which ton"),
    ("quantity", Decimal(0), "above zero"),
    ("quantity", Decimal(-5), "above zero"),
    ("quantity", Decimal("NaN"), "above zero"),
    ("quantity", Decimal("1E30"), "at most at 900,000"),
    ("quantity", Decimal("1.0001"), "three decimals"),
    ("source", "  ", "quotes its source"),
    ("name", "", "Give the limit a name"),
    ("code", "air:1", "capital letters"),
    ("code", "A" * 31, "at most 30"),
    ("valid_from", dt.date(202, 1, 1), "cannot be right"),
    ("opening_quantity", Decimal(-1), "not negative"),
]


@pytest.mark.parametrize(("field", "value", "sentence"), BAD)
def test_a_bad_limit_is_refused_at_its_field(field, value, sentence):
    plant = factories.world()

    with pytest.raises(services.BadLimit, match=sentence) as refusal:
        services.create_limit(site=plant.site, by=plant.users["manager"], **(GOOD | {field: value}))

    assert refusal.value.field == field


def test_an_opening_figure_names_its_paper():
    plant = factories.world()

    with pytest.raises(services.BadLimit, match="names the paper") as refusal:
        services.create_limit(site=plant.site, by=plant.users["manager"], **GOOD, opening_quantity=Decimal(5))

    assert refusal.value.field == "opening_source"


@pytest.mark.parametrize("mass_kg", ["0", "-1", "NaN", "10000.001", "300.0001", "1E30"])
def test_a_pack_has_a_plausible_mass(mass_kg):
    plant = factories.world()

    with pytest.raises(services.BadLimit, match="at most 10,000 kg"):
        services.create_pack_factor(
            site=plant.site,
            kg_per_pack=Decimal(mass_kg),
            source="Nameplate",
            valid_from=dt.date(2027, 1, 1),
            by=plant.users["manager"],
        )
