"""The managers' page: who sees it, what an empty plant is told, how it is asked again, and what it costs."""

import re
from pathlib import Path

import pytest

from plant.dashboard import charts
from plant.inventory.models import Hold
from plant.inventory.services import place_hold
from tests.dashboard.conftest import NOW
from tests.factories import container
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
BARE_TON = re.compile(r"(?<!short )(?<!metric )\btons?\b", re.IGNORECASE)


def hold(plant, reason):
    box = container(plant, 100, at=NOW)
    place_hold(container=box, kind=Hold.Kind.QUALITY, reason=reason, by=plant.users["supervisor"], at=NOW)


def test_htmx_gets_the_tiles_alone_and_everyone_else_the_page(working_plant, screen):
    tiles, page = screen().get("/dashboard/", **HTMX), screen().get("/dashboard/")

    assert "<html" not in tiles.content.decode()
    assert text(tiles) in text(page)
    assert "ETag" not in page.headers  # its form keys are new each time
    assert "HX-Request" in tiles.headers["Vary"]


def test_what_has_not_changed_is_not_sent_again(working_plant, screen):
    first = screen().get("/dashboard/", **HTMX)

    again = screen().get("/dashboard/", **HTMX, HTTP_IF_NONE_MATCH=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")


def test_a_change_is_sent(working_plant, screen):
    first = screen().get("/dashboard/", **HTMX)
    hold(working_plant, "Wet label")

    again = screen().get("/dashboard/", **HTMX, HTTP_IF_NONE_MATCH=first.headers["ETag"])

    assert again.status_code == 200
    assert "Wet label" in text(again)


STATEMENTS = 13
"""Session, person with site; three questions how stale; this year's limits, its days, the pack factor; the weeks; the
batches; the holds; the stock by material and what is in the runs."""


def test_the_number_of_statements_does_not_grow_with_what_is_there(working_plant, screen, django_assert_num_queries):
    client = screen()
    for _time in range(2):
        with django_assert_num_queries(STATEMENTS):
            client.get("/dashboard/", **HTMX)
        for number in range(3):
            hold(working_plant, f"Wet label {number}")


def test_the_pictures_have_a_title_a_description_and_no_inline_style(working_plant, screen):
    page = screen().get("/dashboard/").content.decode()

    for name in ("year", "bars"):
        assert f'aria-labelledby="{name}-title {name}-desc"' in page
        assert re.search(rf'<title id="{name}-title">[^<]+</title>', page)
        assert re.search(rf'<desc id="{name}-desc">[^<]+</desc>', page)
    assert "style=" not in page
    assert "<style" not in page


def test_no_ton_is_left_without_its_name(working_plant, screen):
    for path in ("/dashboard/", "/limits/", "/limits/new/"):
        assert BARE_TON.findall(text(screen().get(path))) == []
    for folder in ("limits", "dashboard"):
        for template in (ROOT / "templates" / folder).glob("*.html"):
            assert BARE_TON.findall(template.read_text()) == [], template


def test_ticks_are_round_and_reach_the_largest():
    assert [int(tick) for tick in charts.ticks(charts.Decimal("13500"), 4)] == [0, 5000, 10000, 15000]
    assert [int(tick) for tick in charts.ticks(charts.Decimal("415"), 5)] == [0, 100, 200, 300, 400, 500]
    assert [str(tick) for tick in charts.ticks(charts.Decimal("0.009"), 4)][-1] == "0.0100"
    assert charts.ticks(charts.Decimal(0), 4) == [0, 1]
