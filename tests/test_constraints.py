"""What one row must always satisfy, the database refuses by name, whoever writes; a new constraint wants a case here.

The cases run as the owner on a plant that has worked for some days, each in a transaction that is rolled back, with the
triggers off, so that nothing but the constraint can refuse.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db.models import CheckConstraint, Model, UniqueConstraint

from plant import recompute
from plant.api import services as api
from plant.demo import site, story
from plant.inventory import count_posting, counts, master_data, months
from plant.inventory.models import Container
from plant.models import Role
from plant.operation.models import Run
from plant.operation.services import record_run
from plant.records import services as records
from plant.records.label import Label
from plant.records.models import Printer
from processing import services as processing
from tests.factories import NOON, container, kilograms, minutes, world

PACKAGES = ("plant", "intake", "processing", "shipments")
OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
CHECKS = {c.name: model for model in OURS for c in model._meta.constraints if isinstance(c, CheckConstraint)}
UNIQUES = {c.name: model for model in OURS for c in model._meta.constraints if isinstance(c, UniqueConstraint)}

ANY = "TRUE"
# constraint: (what is set, in which rows)
REFUSED: dict[str, tuple[str, str]] = {
    "plant_user_role_known": ("role = 'guest'", ANY),
    "plant_user_partner_has_party": ("party_id = NULL", "role = 'partner'"),
    "plant_user_badge_plain": ("badge = 'op 1'", ANY),
    "plant_station_unit_known": ("unit = 'st'", ANY),
    "plant_attempt_count_not_negative": ("count = -1", ANY),
    "plant_site_gs1_prefix_digits": ("gs1_prefix = '12345'", ANY),
    "records_printer_has_address": ("port = 0", ANY),
    "records_labelprint_names_its_subject": ("subject = ''", ANY),
    "records_labelprint_copies_bounds": ("copies = 0", ANY),
    "records_labelprint_reason_known": ("reason = 'other', note = ''", ANY),
    "records_printjob_ends_once": (
        "sent_at = now(), dropped_at = now(), dropped_by_id = (SELECT id FROM plant_user LIMIT 1)",
        ANY,
    ),
    "records_printjob_dropped_complete": ("dropped_at = now()", ANY),
    "recompute_mark_names_its_fact": ("fact = ''", ANY),
    "recompute_mark_failure_is_whole": ("error = 'Boom', attempts = 0", ANY),
    "operation_run_kind_known": ("kind = 'nap'", ANY),
    "operation_run_ends_after_it_began": ("ended_at = began_at - interval '1 second'", ANY),
    "api_apikey_has_name": ("name = ''", ANY),
    "api_apikey_stored_as_hash": ("digest = 'secret'", ANY),
    "api_apikey_scopes_known": ("scopes = '{everything}'", ANY),
    "api_apikey_lives_a_year_at_most": ("expires_at = created_at + interval '3 years'", ANY),
    "api_apikey_revoked_after_made": ("revoked_at = created_at - interval '1 day'", ANY),
    "api_callcount_is_positive": ("count = 0", ANY),
    "inventory_location_kind_known": ("kind = 'cloud'", "kind = 'bay'"),
    "inventory_chemistry_pool_known": ("pool = 'sea'", ANY),
    "inventory_material_comes_from_somewhere": ("is_scrap = FALSE, is_output = FALSE", ANY),
    "inventory_grade_pool_known": ("pool = 'sea'", ANY),
    "inventory_lot_origin_known": ("origin = 'found'", ANY),
    "inventory_lot_received_from_someone": ("supplier_id = NULL", "origin = 'production_scrap'"),
    "inventory_lot_regulatory_decision_complete": ("regulatory_decided_at = now()", ANY),
    "inventory_containerkind_bounds": ("plausible_min_kg = 0", ANY),
    "inventory_containerkind_tare_bounds": ("tare_kg = -1", ANY),
    "inventory_containerkind_target_plausible": ("target_kg = plausible_max_kg + 1", ANY),
    "inventory_container_belongs_to_a_lot": ("lot_id = NULL", "form = 'boxed'"),
    "inventory_container_condition_known": ("condition = 'wet'", ANY),
    "inventory_container_state_of_charge_bounds": ("state_of_charge_ratio = 1.01, charge_measured_at = now()", ANY),
    "inventory_container_energy_bounds": ("nominal_energy_kwh = 'NaN'", ANY),
    "inventory_container_voltage_bounds": ("voltage_v = -1, charge_measured_at = now()", ANY),
    "inventory_container_charge_has_time": ("voltage_v = 3.6, charge_measured_at = NULL", ANY),
    "inventory_hold_kind_known": ("kind = 'mood'", ANY),
    "inventory_hold_has_reason": ("reason = ''", ANY),
    "inventory_hold_release_complete": ("released_at = now()", ANY),
    "inventory_monthstatement_month_sane": ("month = '2026-05-02'", ANY),
    "inventory_monthstatement_signed_by": ("by_id = NULL", ANY),
    "inventory_dailyflow_kg_bounds": ("kg = 'NaN'", ANY),
    "inventory_dailyflow_flow_known": ("flow = 'stolen'", ANY),
    "inventory_scale_unit_known": ("unit = 'st'", ANY),
    "inventory_stationtare_bounds": ("tare_read = -1", ANY),
    "inventory_stationtare_unit_known": ("unit = 'st'", ANY),
    "inventory_scale_capacity_bounds": ("capacity_kg = 0", ANY),
    "inventory_weighing_net_bounds": ("net_kg = 'NaN'", ANY),
    "inventory_weighing_unit_known": ("unit = 'st'", ANY),
    "inventory_weighing_net_is_gross_less_tare": ("net_read = net_read + 1", "tare_origin = 'stored'"),
    "inventory_weighing_scale_or_reason": ("scale_id = NULL, hand_reason = ''", ANY),
    "inventory_movement_kg_bounds": ("kg = 'NaN'", ANY),
    "inventory_movement_goes_somewhere": (
        "to_container_id = from_container_id, to_location_id = from_location_id",
        ANY,
    ),
    "inventory_movement_weighed_has_weighing": ("weighing_id = NULL", "how_known = 'weighed'"),
    "inventory_movement_calculated_has_formula": ("formula = ''", "how_known = 'calculated'"),
    "inventory_movement_correction_has_reason": ("corrects_id = id, reason = ''", ANY),
    "inventory_movement_reversal_has_reason": ("reverses_id = id, reason = ''", ANY),
    "inventory_movement_kind_known": ("kind = 'teleport'", ANY),
    "inventory_movement_how_known_known": ("how_known = 'guessed'", "how_known = 'carried'"),
    "inventory_movement_occurred_at_sane": ("occurred_at = '0927-01-01'", ANY),
    "inventory_holding_not_negative": ("kg = -0.001", "NOT may_be_negative"),
    "inventory_holding_kg_bounds": ("kg = 'NaN'", "may_be_negative"),
    "inventory_counttolerance_bounds": ("share_ratio = 2", ANY),
    "inventory_count_state_known": ("state = 'lost'", "state = 'posted'"),
    "inventory_count_ended_complete": ("ended_at = NULL", "state = 'posted'"),
    "inventory_sighting_expected_bounds": ("expected_kg = 'NaN'", ANY),
    "inventory_sighting_withdrawn_unweighed": ("is_withdrawn = TRUE", "weighing_id IS NOT NULL"),
    "inventory_countline_outcome_known": ("outcome = 'eaten'", "outcome = 'not_seen'"),
    "inventory_countline_kg_bounds": ("counted_kg = 'NaN'", ANY),
    "inventory_countline_adjusted_has_movement": ("adjusted_id = NULL", "outcome = 'adjusted'"),
    "limits_limit_code_plain": ("code = 'NAME:PLATE'", ANY),
    "limits_limit_quantity_bounds": ("quantity = 0", ANY),
    "limits_limit_unit_named": ("unit = 'ton'", ANY),
    "limits_limit_measure_known": ("measure = 'smelled'", ANY),
    "limits_limit_window_known": ("\"window\" = 'fortnight'", ANY),
    "limits_limit_opening_has_paper": ("opening_quantity = 5, opening_source = ''", ANY),
    "limits_limit_dates_ordered": ("valid_to = valid_from - 1", ANY),
    "limits_limit_has_source": ("source = ''", ANY),
    "limits_packfactor_bounds": ("kg_per_pack = 0", ANY),
    "intake_receipt_has_papers": ("bill_of_lading = ''", ANY),
    "intake_receipt_void_complete": ("voided_at = now()", ANY),
    "processing_dischargerecord_voltage_bounds": ("voltage_v = -1", ANY),
    "processing_batch_state_known": ("state = 'lost'", "state = 'running'"),
    "processing_batch_opened_complete": ("opened_by_id = NULL", "state = 'closed'"),
    "processing_batch_opened_when_on_line": ("opened_at = NULL, opened_by_id = NULL", "state = 'closed'"),
    "processing_batch_closed_complete": ("closed_at = NULL", "state = 'closed'"),
    "processing_batch_aborted_complete": ("aborted_at = now()", "state = 'closed'"),
    "processing_blendapproval_share_bounds": ("largest_share_ratio = 0", ANY),
    "processing_blendapproval_has_reason": ("reason = ''", ANY),
    "processing_batchresult_kg_bounds": ("charged_kg = 'NaN'", ANY),
    "processing_batchresult_product_is_output": ("product_kg = outputs_kg + 1", ANY),
    "processing_divisionshare_kg_bounds": ("share_kg = 'NaN'", ANY),
    "limits_utilization_kg_bounds": ("remaining_kg = 'NaN'", ANY),
    "shipments_shipment_state_known": ("state = 'lost'", ANY),
    "shipments_shipment_version_counts": ("version = 0", ANY),
    "shipments_shipment_dispatched_complete": ("dispatched_by_id = NULL", "state = 'dispatched'"),
    "shipments_shipment_delivered_complete": ("delivered_at = now()", "state = 'dispatched'"),
    "shipments_shipment_ended_complete": ("ended_at = now()", "state = 'dispatched'"),
    "shipments_shipment_papers_complete": ("bill_of_lading = ''", "state = 'dispatched'"),
}
# unique constraint: the columns that a second row would share, and those that must differ to get that far
OTHERWISE: dict[str, dict[str, str]] = {
    "plant_site_gs1_prefix_unique": {"code": "'OTHER'", "mark": "'ZZ'"},
    "plant_user_badge_unique": {"username": "'another'"},
    "plant_user_username_unique": {"badge": "''"},
    "records_printer_one_at_a_station": {"code": "'OTHER'"},
    "inventory_location_one_outside": {"code": "'ELSEWHERE'"},
    "inventory_location_one_per_station": {"code": "'ELSEWHERE'"},
    "processing_batch_one_per_line": {"reference": "'B-OTHER'", "run_id": "(SELECT max(heel_id) FROM processing_line)"},
    "processing_recipeversion_one_current": {"number": "99"},
    "processing_line_code_unique": {
        "location_id": "(SELECT max(id) FROM inventory_location WHERE kind = 'bay')",
        "heel_id": "(SELECT max(id) FROM inventory_container)",
    },
    "shipments_shipmentline_once": {"movement_id": "NULL"},
    "inventory_count_one_open_per_place": {"reference": "'C-OTHER'"},
    "inventory_countline_once": {"sighting_id": "NULL"},
    "limits_limit_one_newest_version": {"valid_from": "'2031-01-01'"},
}
WHERE = {
    "plant_user_badge_unique": "badge <> ''",
    "inventory_location_one_outside": "kind = 'customer'",
    "inventory_location_one_per_station": "station_id IS NOT NULL",
    "processing_batch_one_per_line": "state = 'running'",
    "shipments_shipmentline_once": "is_open",
    "inventory_count_one_open_per_place": "state = 'open'",
    "inventory_countline_once": "outcome = 'not_seen'",
}


@pytest.fixture(scope="module")
def worked(module_db: None) -> None:
    """A plant in which every table has a row."""
    plant = world()
    site.set_limits(plant, year=2026)
    story.tell(plant, now=NOON, days=8)
    recompute.drain(minutes(1))
    batch = processing.draft_batch(
        recipe_version=plant.recipes["ELECTRODE"],
        line=plant.lines["LINE-1"],
        grade=plant.grades["NMC_BM"],
        chemistry=plant.chemistries["NMC811"],
        owner=plant.parties["GMBI"],
        note="",
        by=plant.users["operator"],
        at=NOON,
    )
    processing.approve_blend(batch=batch, reason="trial", largest_share_ratio=1, by=plant.users["supervisor"], at=NOON)
    box = Container.objects.filter(lot__material__code="FORMED_CELL").order_by("pk").first()
    processing.record_discharge(
        container=box, passed=False, voltage_v=None, note="", by=plant.users["operator"], at=NOON
    )
    master_data.store_tare(
        station=plant.stations["BAGGING"],
        kind=plant.kinds["BIG_BAG"],
        tare_read=3,
        unit="kg",
        by=plant.users["supervisor"],
        at=NOON,
        now=NOON,
    )
    _count(plant)
    _divide(plant)
    may = dt.date(2026, 5, 1)
    months.sign_off(site=plant.site, month=may, seen_version=0, by=plant.users["manager"], now=NOON)
    api.create_key(party=plant.parties["POST1"], name="invoicing", by=None, at=NOON)
    recompute.mark_stale("daily-flow", "GMBI:2026-06-10")
    record_run(kind=Run.Kind.BACKUP, began_at=NOON, ended_at=NOON, details={})
    records.print_labels(
        site=plant.site,
        labels=[Label("container", box.reference, box.reference)],
        printer=Printer.objects.first(),
        by=plant.users["operator"],
        at=NOON,
    )
    assert plant.users["partner"].role == Role.PARTNER


def _divide(plant: site.Plant) -> None:
    """A batch with two owners' material, closed and divided."""
    told: dict[str, Any] = {"by": plant.users["supervisor"], "at": minutes(3)}
    version = processing.add_recipe_version(
        recipe=plant.recipes["DISMANTLE"].recipe,
        lines=[plant.lines["DISMANTLING"]],
        materials=[plant.materials["CATHODE_FOIL"]],
        may_commingle=True,
    )
    batch = processing.draft_batch(
        recipe_version=version,
        line=plant.lines["DISMANTLING"],
        grade=plant.grades["NMC_BM"],
        chemistry=plant.chemistries["NMC811"],
        owner=plant.parties["GMBI"],
        **told,
    )
    batch = processing.open_batch(batch=batch, now=minutes(3), **told)
    boxes = [container(plant, 500, owner=owner, at=minutes(3)) for owner in ("GMBI", "LGES")]
    processing.charge_several(batch=batch, containers=boxes, now=minutes(3), **told)
    processing.add_output(
        batch=batch,
        material=plant.materials["BLACK_MASS"],
        kind=plant.kinds["BIG_BAG"],
        reading=kilograms(900),
        bay=plant.locations["P-06"],
        now=minutes(3),
        **told,
    )
    processing.close_batch(batch=batch, heel="empty", explanation="dust", now=minutes(3), **told)
    processing.divide_batch(batch=batch, **told)


def _count(plant: site.Plant) -> None:
    """A posted count with a corrected container and one that nobody saw, and another that is under way."""
    counts.set_tolerance(site=plant.site, kg=50, share_ratio=1, by=plant.users["administrator"])
    boxes = [container(plant, 500, bay="B-06"), container(plant, 500, bay="B-06")]
    told = {"by": plant.users["operator"], "at": minutes(2)}
    count = counts.start_count(location=plant.locations["B-06"], **told)
    counts.see(
        count=count,
        container=boxes[0],
        bay=plant.locations["B-06"],
        reading=kilograms(490),
        now=minutes(2),
        **told,
    )
    count_posting.post_count(count=count, now=minutes(2), **told)
    counts.start_count(location=plant.locations["B-06"], **told)


@pytest.fixture
def as_owner(worked: None, owner_url: str) -> "Iterator[psycopg.Connection[Any]]":
    with psycopg.connect(owner_url) as connection:
        connection.execute("INSERT INTO plant_attempt VALUES ('somebody|here', 1, now())")
        connection.execute("INSERT INTO api_callcount SELECT id, now(), 1 FROM api_apikey LIMIT 1")
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield connection
        connection.rollback()


def table_of(model: type[Model]) -> str:
    return model._meta.db_table


def refused_by(connection: "psycopg.Connection[Any]", table: str, statement: str) -> str | None:
    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        connection.execute(statement)
    return refused.value.diag.constraint_name


def test_every_check_has_its_case():
    assert set(REFUSED) == set(CHECKS)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_database_refuses(name, as_owner):
    table, (change, rows) = table_of(CHECKS[name]), REFUSED[name]
    assert as_owner.execute(f"SELECT count(*) FROM {table} WHERE {rows}").fetchone() > (0,), "no row to try it on"

    assert refused_by(as_owner, table, f"UPDATE {table} SET {change} WHERE {rows}") == name


@pytest.mark.parametrize("name", sorted(UNIQUES))
def test_the_database_refuses_a_second(name, as_owner):
    model = UNIQUES[name]
    table, other = table_of(model), OTHERWISE.get(name, {})
    columns = [f'"{field.column}"' for field in model._meta.concrete_fields if not field.primary_key]
    values = [other.get(column.strip('"'), column) for column in columns]
    source = f"SELECT {', '.join(values)} FROM {table} WHERE {WHERE.get(name, ANY)} LIMIT 1"

    assert refused_by(as_owner, table, f"INSERT INTO {table} ({', '.join(columns)}) {source}") == name
