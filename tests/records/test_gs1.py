"""SSCC and check digit, against figures that GS1 has published."""

import pytest

from plant.records import gs1


@pytest.mark.parametrize(
    ("number", "source"),
    [
        (
            "106141412345678908",
            "GS1 EPC Tag Data Standard: it is urn:epc:id:sscc:0614141.1234567890",
        ),
        ("376104250021234569", "gs1.org, How to calculate a check digit manually: the example of an SSCC"),
        ("6291041500213", "gs1.org and gs1hk.org, the same page's example of a GTIN-13"),
    ],
)
def test_the_check_digit_is_gs1s(number, source):
    assert gs1.check_digit(number[:-1]) == int(number[-1]), source


def test_an_sscc_is_extension_digit_prefix_serial_and_check_digit():
    assert gs1.sscc("0614141", 1_234_567_890) == "106141412345678908"
    assert gs1.sscc("0614141", 1) == "006141410000000012"
    assert gs1.sscc("0614141234", 1)[:17] == "00614141234000001"


def test_the_extension_digit_counts_on_when_the_serial_is_full():
    assert gs1.sscc("0614141234", 999_999)[:17] == "00614141234999999"
    assert gs1.sscc("0614141234", 1_000_000)[:17] == "10614141234000000"


def test_a_prefix_that_has_no_number_left_says_so():
    assert gs1.sscc("0614141234", 9_999_999)[0] == "9"
    with pytest.raises(gs1.NumbersUsedUp):
        gs1.sscc("0614141234", 10_000_000)


@pytest.mark.parametrize("number", ["106141412345678908", "376104250021234569"])
def test_one_wrong_digit_is_seen(number):
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 : -1]
        assert gs1.check_digit(wrong) != int(number[-1])
