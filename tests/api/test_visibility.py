"""A consignee sees its shipments from dispatch on and never loses sight of one; nobody else sees anything of them."""

import pytest

from shipments import services as shipments
from tests.api.yard import HOUR, NOON

LIST = "/api/v1/shipments/"


def seen(caller, query="") -> list[str]:
    return [shipment["reference"] for shipment in caller.get(f"{LIST}{query}").json()["results"]]


def test_a_draft_is_not_found(caller, yard, post1):
    draft = yard.draft(post1)

    assert caller.get(f"{LIST}{draft.reference}/").status_code == 404
    assert seen(caller) == []


def test_a_draft_that_was_cancelled_is_not_found(caller, yard, post1):
    draft = yard.draft(post1)
    shipments.cancel(shipment=draft, by=yard.operator, at=NOON)

    assert caller.get(f"{LIST}{draft.reference}/").status_code == 404


def test_delivered_and_returned_are_states_of_what_was_seen(caller, yard, post1):
    shipment = yard.ship(post1)
    before = caller.get(f"{LIST}{shipment.reference}/").json()
    yard.deliver(shipment)
    delivered = caller.get(f"{LIST}{shipment.reference}/").json()
    yard.take_back(shipment)
    returned = caller.get(f"{LIST}{shipment.reference}/").json()

    assert [each["state"] for each in (before, delivered, returned)] == ["dispatched", "delivered", "returned"]
    assert [each["version"] for each in (before, delivered, returned)] == [1, 2, 3]
    assert before["updated_at"] < delivered["updated_at"] < returned["updated_at"]
    assert (returned["delivered_at"], returned["returned_at"]) == (
        "2026-06-10T19:00:00+00:00",
        "2026-06-10T20:00:00+00:00",
    )
    assert before["lots"] == delivered["lots"] == returned["lots"]


def test_a_bag_that_came_back_and_left_again_is_in_both_shipments(caller, yard, post1):
    bag = yard.bag()
    first = yard.take_back(yard.ship(post1, bag))
    second = yard.ship(post1, bag, at=NOON + 6 * HOUR)

    for shipment in (first, second):
        lots = caller.get(f"{LIST}{shipment.reference}/").json()["lots"]
        assert [container["reference"] for container in lots[0]["containers"]] == [bag.reference]
        assert lots[0]["net_mass_kg"] == "500.000"


def test_the_state_filter_takes_one_state(caller, yard, post1):
    on_the_road, there = yard.ship(post1), yard.deliver(yard.ship(post1))

    assert seen(caller, "?state=dispatched") == [on_the_road.reference]
    assert seen(caller, "?state=delivered") == [there.reference]
    assert seen(caller, "?state=returned") == seen(caller, "?state=cancelled") == []


def test_anothers_shipment_answers_like_one_that_is_not_there(caller, caller_of, yard, post1, post2):
    theirs = yard.ship(post2)

    answer = caller.get(f"{LIST}{theirs.reference}/")

    assert answer.status_code == 404
    assert answer.content == caller.get(f"{LIST}S-2026-999999/").content
    assert set(answer.headers) == set(caller.get(f"{LIST}S-2026-999999/").headers)
    assert seen(caller) == []
    assert seen(caller_of(post2)) == [theirs.reference]


@pytest.mark.parametrize("reference", ["s-2026-000001", "1", "S-2026-000001'--", "%27", "..%2f", "é", "S" * 3000])
def test_what_is_no_reference_is_not_found(caller, yard, post1, reference):
    yard.ship(post1)

    assert caller.get(f"{LIST}{reference}/").status_code == 404


def test_an_owner_or_supplier_who_is_no_consignee_sees_nothing(caller, yard, post1, post2):
    yard.ship(post2, yard.bag(lot=yard.lot(owner=post1)))

    assert seen(caller) == []
