"""Every tile says what the ledger says, and its picture is its table."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from plant.dashboard import charts, tiles
from plant.inventory.models import Hold, Holding
from plant.limits import course
from plant.limits.models import Utilization
from plant.units import tonnes
from processing.models import BatchResult
from tests.dashboard.conftest import NOW
from tests.pages import text

pytestmark = pytest.mark.django_db

WEEKS = """
    SELECT date_trunc('week', m.occurred_at AT TIME ZONE 'America/New_York')::date,
           coalesce(sum(m.kg) FILTER (WHERE m.kind = 'receive'), 0),
           coalesce(sum(m.kg) FILTER (WHERE m.kind = 'charge' AND lot.origin <> 'own_process'), 0),
           coalesce(sum(m.kg) FILTER (WHERE m.kind = 'ship'), 0)
    FROM inventory_movement m JOIN inventory_container c ON c.id = m.from_container_id
    LEFT JOIN inventory_lot lot ON lot.id = c.lot_id
    WHERE m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM inventory_movement r WHERE r.reverses_id = m.id)
    GROUP BY 1
"""


def test_the_weeks_are_those_of_the_ledger(working_plant):
    weeks = tiles.last_weeks(working_plant.site, NOW.date())

    with connection.cursor() as cursor:
        cursor.execute(WEEKS)
        ledger = {monday: sums for monday, *sums in cursor.fetchall()}
    assert len(ledger) >= 2
    assert {w.monday: [w.received_kg, w.processed_kg, w.shipped_kg] for w in weeks if w.received_kg} == ledger
    assert [week.monday for week in weeks] == [dt.date(2026, 8, 31) + n * tiles.WEEK for n in range(12)]
    assert [week.is_running for week in weeks] == [False] * 11 + [True]


def test_a_sunday_night_belongs_to_the_week_that_ends(working_plant):
    late_sunday = dt.datetime(2026, 11, 16, 4, 59, tzinfo=dt.UTC)  # 23:59 on Sunday in Winston-Salem

    weeks = tiles.last_weeks(working_plant.site, working_plant.site.day(late_sunday))

    assert weeks[-1].monday == dt.date(2026, 11, 9)


def test_the_utilization_tile_is_the_limits_page(working_plant, screen):
    row = Utilization.objects.get()
    used = f"{row.used_ratio * 100:.2f}"

    tile, page = text(screen().get("/dashboard/")), text(screen().get("/limits/NAMEPLATE/"))

    assert row.processed_kg > 0
    for said in (used, f"{tonnes(row.to_date_kg):,.1f}", "13,500 t (14,881.2 short tons)", "337.5 kg each"):
        assert said in tile.replace("\xa0", " ")
        assert said in page.replace("\xa0", " ")


def test_the_years_picture_is_its_table(working_plant):
    tile = tiles.board(working_plant.site, NOW).utilization
    picture, frame = tile.picture, tile.picture.frame
    marks = [*picture.marks, picture.now]
    kg_per_unit = (frame.bottom - float(picture.limit_y)) / float(tile.year.figures.limit_kg)

    assert [mark.month for mark in marks] == tile.year.months
    for mark in marks:
        drawn_kg = (frame.bottom - float(mark.y)) / kg_per_unit
        assert drawn_kg == pytest.approx(float(mark.month.to_date_kg), abs=0.06 / kg_per_unit)
    assert picture.now.month.to_date_kg == tile.year.figures.to_date_kg
    assert picture.line.endswith(f"{picture.now.x} {picture.now.y}")


def test_the_weeks_picture_is_its_table(working_plant):
    tile = tiles.board(working_plant.site, NOW).weeks
    frame = tile.picture.frame
    top = tile.picture.grid[-1]
    kg_per_unit = float(top.tonnes * 1000) / (frame.bottom - float(top.at))

    for group, week in zip(tile.picture.groups, tile.weeks, strict=True):
        assert [bar.kg for bar in group.bars] == [week.received_kg, week.processed_kg, week.shipped_kg]
        for bar in group.bars:
            assert float(bar.height) * kg_per_unit == pytest.approx(float(bar.kg), abs=0.06 * kg_per_unit)


def test_the_page_shows_the_tables_of_both_pictures(working_plant, screen):
    page = text(screen().get("/dashboard/"))
    board = tiles.board(working_plant.site, NOW)

    for month in board.utilization.year.months:
        assert f"{month.until} {tonnes(month.processed_kg):,.1f} {tonnes(month.to_date_kg):,.1f}" in page
    for week in board.weeks.weeks:
        sums = [f"{tonnes(kg):,.1f}" for kg in (week.received_kg, week.processed_kg, week.shipped_kg)]
        assert " ".join([str(week.monday), *(["running"] if week.is_running else []), *sums]) in page


def test_batches_show_what_the_worker_computed_and_lead_to_their_page(working_plant, screen):
    response = screen().get("/dashboard/")

    for result in BatchResult.objects.select_related("batch").order_by("-batch")[: tiles.BATCHES]:
        assert f'href="/batches/{result.batch.reference}/"' in response.content.decode()
        assert f"{result.yield_ratio * 100:.2f}" in text(response)
        assert f"{result.closure_ratio * 100:.2f}" in text(response)


def test_the_stock_is_what_the_holdings_say(working_plant):
    stock = tiles.stock_by_material(working_plant.site)

    on_hand = sum(Holding.objects.on_hand().values_list("kg", flat=True))
    assert stock.total_kg == on_hand
    assert stock.in_lines_kg != 0  # a batch is running
    assert sum(row.containers for row in stock.rows) == Holding.objects.stock().count()
    assert [row.kg for row in stock.rows] == sorted((row.kg for row in stock.rows), reverse=True)


def test_holds_are_the_open_ones_the_longest_first(working_plant, screen):
    tile = tiles.open_holds(working_plant.site)

    assert tile.count == Hold.objects.open().count() > 0
    assert [row.placed_at for row in tile.rows] == sorted(row.placed_at for row in tile.rows)
    assert f'href="/containers/{tile.rows[0].container}/"' in screen().get("/dashboard/").content.decode()


def test_a_limit_that_is_passed_is_said_in_words_and_drawn_above_its_line(working_plant, screen):
    row = Utilization.objects.get()
    row.limit_kg = row.to_date_kg - 1000
    row.remaining_kg = Decimal(-1000)
    year = course.year_of(working_plant.site, row)

    picture = charts.year(year)

    assert picture.is_over
    assert float(picture.now.y) < float(picture.limit_y)
    row.save(update_fields=["limit_kg", "remaining_kg"])
    assert "Over the limit" in text(screen().get("/dashboard/"))
    assert "Over the limit" in text(screen().get("/limits/NAMEPLATE/"))
