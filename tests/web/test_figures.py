"""How figures are written: thousands apart, the unit always there, ton never without short."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone

AT = dt.datetime(2026, 11, 22, 19, 5, tzinfo=dt.UTC)


def shown(expression, **context):
    with timezone.override("America/New_York"):
        return Template("{{ " + expression + " }}").render(Context(context)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("x|kg", Decimal("1234.567"), "1,234.6 kg"),
        ("x|kg:3", Decimal("21826.865"), "21,826.865 kg"),
        ("x|kg", Decimal("-12.34"), "−12.3 kg"),
        ("x|kg", Decimal("-0.01"), "0.0 kg"),
        ("x|kg", Decimal(0), "0.0 kg"),
        ("x|kg", None, "–"),
        ("x|tonnes", Decimal(13_500_000), "13,500 t"),
        ("x|tonnes", Decimal(6_412_500), "6,412.5 t"),
        ("x|tonnes:'short'", Decimal(13_500_000), "14,881.2 short tons"),
        ("x|tonnes:'both'", Decimal(13_500_000), "13,500 t (14,881.2 short tons)"),
        ("x|tonnes", None, "–"),
        ("x|percent", Decimal("0.42749"), "42.75 %"),
        ("x|percent", Decimal("1.0392"), "103.92 %"),
        ("x|percent", Decimal("-0.01"), "−1.00 %"),
        ("x|percent", None, "–"),
        ("x|number", 1234, "1,234"),
        ("x|instant", AT, "2026-11-22 14:05 EST"),
        ("x|instant", None, "–"),
        ("x|day", dt.date(2026, 11, 22), "2026-11-22"),
        ("x|day", dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC), "2026-11-22"),
    ],
)
def test_a_figure_is_written_with_its_unit(expression, value, text):
    assert shown(expression, x=value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 min"), (59, "0 min"), (300, "5 min"), (7_800, "2 h 10 min"), (273_600, "3 d 4 h"), (-60, "0 min")],
)
def test_an_age_is_written_in_its_two_largest_units(seconds, text):
    assert shown("x|since:as_of", x=AT - dt.timedelta(seconds=seconds), as_of=AT) == text


def test_a_state_is_icon_word_and_tone():
    badge = Template("{% state value label %}").render(Context({"value": "held", "label": "<On hold>"}))

    assert '<span class="badge look"><svg' in badge
    assert "&lt;On hold&gt;" in badge
