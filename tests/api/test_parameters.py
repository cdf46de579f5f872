"""An address takes the parameters it names; anything else is a 400 that says which and why."""

import pytest

from plant.api import cursors

LIST = "/api/v1/shipments/"


def errors_of(answer) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return {error["parameter"]: error["detail"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "1000000000", "1e9", "ten", "", " ", "1.5", "null", "9" * 5000])
def test_a_limit_that_is_no_page_is_refused(caller, limit):
    assert set(errors_of(caller.get(f"{LIST}?limit={limit}"))) == {"limit"}


@pytest.mark.parametrize("limit", ["1", "1000"])
def test_a_limit_from_1_to_1000_is_taken(caller, limit):
    assert caller.get(f"{LIST}?limit={limit}").status_code == 200


@pytest.mark.parametrize("state", ["draft", "DISPATCHED", "nonsense", "", "dispatched,delivered"])
def test_a_state_nobody_sees_is_refused(caller, state):
    assert set(errors_of(caller.get(f"{LIST}?state={state}"))) == {"state"}


@pytest.mark.parametrize(
    "name",
    [
        "page",
        "ordering",
        "consignee",
        "party__api_keys__digest__startswith",
        "format",
        "State",
        "status",
        "x" * 3000,
        "é",
    ],
)
def test_a_parameter_it_does_not_name_is_refused(caller, name):
    errors = errors_of(caller.get(f"{LIST}?{name}=a"))

    assert set(errors) == {name[:60]}
    assert "cursor, limit, state" in errors[name[:60]]


def test_the_detail_takes_none(caller):
    assert "none" in errors_of(caller.get(f"{LIST}S-2026-000001/?limit=5"))["limit"]


def test_a_parameter_given_twice_is_refused(caller):
    assert errors_of(caller.get(f"{LIST}?limit=1&limit=2")) == {"limit": "Give it once."}


def test_200_unknown_parameters_are_named_up_to_20(caller):
    assert len(errors_of(caller.get(LIST + "?" + "&".join(f"p{n}=1" for n in range(200))))) == 20


def forged(party) -> list[str]:
    good = cursors.seal(["2026-11-22T12:00:00+00:00", "S-2026-000001"], of=f"shipments:{party.pk}")
    place, _point, signature = good.rpartition(".")
    other = cursors.seal(["2020-11-22T12:00:00+00:00", "S-2026-000001"], of=f"shipments:{party.pk}")
    return [
        "x",
        ".",
        "..",
        "é",
        good[:-1],
        good + "a",
        place,
        f".{signature}",
        f"{other.rpartition('.')[0]}.{signature}",
        "x" * 501,
    ]


@pytest.mark.parametrize("which", range(10))
def test_a_cursor_that_is_forged_or_broken_is_refused(caller, post1, which):
    assert set(errors_of(caller.get(f"{LIST}?cursor={forged(post1)[which]}"))) == {"cursor"}


def test_another_partners_cursor_is_refused(caller, post2):
    theirs = cursors.seal(["2026-11-22T12:00:00+00:00", "S-2026-000001"], of=f"shipments:{post2.pk}")

    assert set(errors_of(caller.get(f"{LIST}?cursor={theirs}"))) == {"cursor"}


def test_another_lists_cursor_is_refused(caller, post1):
    theirs = cursors.seal(["2026-11-22T12:00:00+00:00", "S-2026-000001"], of=f"lots:{post1.pk}")

    assert set(errors_of(caller.get(f"{LIST}?cursor={theirs}"))) == {"cursor"}
