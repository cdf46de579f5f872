"""Every state against every other: the table says what is possible, in the services and in the database."""

import itertools
from contextlib import suppress

import psycopg
import pytest

from plant.states import InvalidTransition
from processing import rules, services
from processing.models import BATCH_TRANSITIONS, Batch, BatchState
from processing.services.runs import move_to
from tests.factories import container, minutes, world
from tests.processing import floor

S = BatchState
PAIRS = list(itertools.product(S, S))


def in_state(plant, state):
    """A batch on a line of its own that was brought there by the services."""
    said = {"by": plant.users["operator"], "at": minutes(2)}
    code = f"LINE-{len(plant.lines) + 1}"
    plant.lines[code] = services.create_line(site=plant.site, code=code, name=f"Line {code}")
    plant.recipes["ELECTRODE"].lines.add(plant.lines[code])
    batch = floor.draft(plant, line=code)
    if state in (S.RUNNING, S.HELD, S.CLOSED):
        floor.open_(plant, batch)
    if state == S.HELD:
        services.hold_batch(batch=batch, reason="alarm", **said)
    if state == S.CLOSED:
        floor.close(plant, batch)
    if state == S.ABORTED:
        services.abort_batch(batch=batch, reason="not needed", now=minutes(2), **said)
    batch.refresh_from_db()
    assert batch.state == state
    return batch


def acts(plant, batch):
    said = {"batch": batch, "by": plant.users["operator"], "at": minutes(6)}
    now = minutes(6)
    return {
        "open": lambda: services.open_batch(**said, now=now),
        "hold": lambda: services.hold_batch(**said, reason="alarm"),
        "resume": lambda: services.resume_batch(**said),
        "abort": lambda: services.abort_batch(**said, reason="not needed", now=now),
        "close": lambda: services.close_batch(**said, heel="empty", explanation="empty", now=now),
        "charge": lambda: floor.charge(plant, batch, container(plant, 100), minute=6),
        "bag": lambda: floor.bag(plant, batch, 100, minute=6),
        "lose": lambda: floor.lose(plant, batch, 10, minute=6),
        "approve": lambda: services.approve_blend(
            **said | {"by": plant.users["supervisor"]}, reason="trial", largest_share_ratio=floor.Decimal("0.1")
        ),
    }


POSSIBLE = {
    S.DRAFT: {"open", "abort", "approve"},
    S.RUNNING: {"hold", "abort", "close", "charge", "bag", "lose", "approve"},
    S.HELD: {"resume", "abort", "close", "bag", "lose", "approve"},
    S.CLOSED: set(),
    S.ABORTED: set(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", S)
def test_each_act_is_possible_in_its_states_only(state):
    plant = world()
    names = acts(plant, in_state(plant, state))

    done = set()
    for name in names:
        with suppress(InvalidTransition, rules.NotRunning):
            acts(plant, in_state(plant, state))[name]()
            done.add(name)

    assert done == POSSIBLE[state]


@pytest.mark.parametrize(("now", "to"), PAIRS)
def test_a_batch_moves_by_the_table(now, to):
    batch = Batch(state=now)

    if BATCH_TRANSITIONS.allows(now, to):
        return
    with pytest.raises(InvalidTransition):
        move_to(batch, to)
    assert batch.state == now


def test_raw_sql_is_refused_by_the_same_table(committed_db, owner):
    plant = world()
    for now, to in PAIRS:
        batch = in_state(plant, now)
        change = "UPDATE processing_batch SET state = %s WHERE reference = %s"
        if now != to and not BATCH_TRANSITIONS.allows(now, to):
            with pytest.raises(psycopg.errors.CheckViolation) as refusal:
                owner.execute(change, [to.value, batch.reference])
            assert refusal.value.diag.constraint_name == "processing_batch_state_transition"


def test_a_batch_begins_as_a_draft(committed_db, owner):
    batch = floor.draft(world())
    columns = "site_id, recipe_version_id, line_id, grade_id, chemistry_id, owner_id, note, state_reason, created_by_id"

    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        owner.execute(
            f"INSERT INTO processing_batch (reference, run_id, state, {columns}) "
            f"SELECT 'B-X', (SELECT max(heel_id) FROM processing_line), 'running', {columns} FROM processing_batch"
        )

    assert batch.state == "draft"
    assert refusal.value.diag.constraint_name == "processing_batch_state_transition"
