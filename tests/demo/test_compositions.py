"""What a batch of the demo gives is what was published: the yields of EverBatt 2023, and those derived from them."""

from decimal import Decimal

import pytest

from plant.demo.compositions import consists_of, gives


@pytest.mark.parametrize(
    ("material", "chemistry", "percent"),
    [
        ("ELECTRODE_MIX", "NMC811", "71.8"),  # published model
        ("WET_CELL", "NMC811", "70.0"),
        ("WET_CELL", "NMC622", "69.9"),
        ("WET_CELL", "LFP", "66.5"),
        ("MODULE", "NMC811", "62.3"),  # the model's modules, with more than a housing in them, say 62.0
        ("DRY_STACK", "NMC811", "79.0"),  # derived from it: 79.2
        ("CATHODE_FOIL", "NCMA", "77.8"),
        ("ANODE_FOIL", "GRAPHITE", "64.5"),
    ],
)
def test_the_yield_of_black_mass_is_the_published_one(material, chemistry, percent):
    assert round(gives(material, chemistry)["BLACK_MASS"] * 100, 1) == Decimal(percent)


@pytest.mark.parametrize("material", ["POWDER", "CATHODE_FOIL", "ELECTRODE_MIX", "DRY_STACK", "WET_CELL", "MODULE"])
def test_nothing_comes_out_that_did_not_go_in(material):
    assert sum(consists_of(material, "NMC622").values()).quantize(Decimal("1e-9")) == 1
    assert sum(gives(material, "NMC622").values()).quantize(Decimal("1e-9")) == 1
    assert min(gives(material, "NMC622").values()) > 0
