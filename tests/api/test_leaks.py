"""Nothing of another partner leaves: canary words stand in all of its data, and no answer to us holds one."""

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plant.api import cursors
from plant.services import create_facility, create_party
from shipments.models import Shipment, ShipmentLine, ShipmentQuerySet
from tests.api.yard import HOUR, NOON

LIST = "/api/v1/shipments/"
CANARY = "canary-7f3a"
FUZZ = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture
def theirs(yard, site):
    """Another partner's shipments, one per state, with the canary wherever a word may stand."""
    party = create_party(site=site, code=f"{CANARY}-p", name=f"{CANARY} party", is_customer=True, is_owner=True)
    create_facility(party=party, code=f"{CANARY}-f", name=f"{CANARY} works", address=f"1 {CANARY} Road")
    words = ("purchase_order_number", "contract_number", "bill_of_lading", "carrier", "trailer", "note")
    papers = {word: f"{CANARY} {word}" for word in words} | {"seals": [f"{CANARY} seal"]}
    bags = [yard.bag(lot=yard.lot(owner=party, note=CANARY)) for _ in range(4)]
    sent, there, back = (
        yard.ship(party, bag, at=NOON + hours * HOUR, **papers) for hours, bag in zip((2, 3, 4), bags, strict=False)
    )
    draft = yard.draft(party, bags[3], **papers)
    yard.deliver(there, at=NOON + 5 * HOUR)
    yard.take_back(back, at=NOON + 6 * HOUR)
    return [sent, there, back, draft]


@pytest.fixture
def ours(yard, post1):
    return [yard.ship(post1, at=NOON + hours * HOUR) for hours in (2, 3, 4)]


@pytest.fixture
def secrets(theirs):
    """What must not come to us: the canary, and their references."""
    lines = ShipmentLine.objects.filter(shipment__in=theirs).values_list("container__lot__reference", flat=True)
    return [CANARY, *(shipment.reference for shipment in theirs), *lines]


def leaks(answer: HttpResponse, secrets: list[str]) -> list[str]:
    said = answer.content.decode() + repr(list(answer.headers.items()))
    return [secret for secret in secrets if secret in said]


def calls(ours: list[Shipment], theirs: list[Shipment], party) -> st.SearchStrategy[str]:
    """Addresses of every kind: our references, theirs and invented ones, with right, wrong and stolen parameters."""
    placed = [
        cursors.seal([shipment.dispatched_at.isoformat(), shipment.reference], of=f"shipments:{pk}")
        for shipment in (*ours, *theirs)
        if shipment.dispatched_at
        for pk in (party.pk, theirs[0].consignee_id)
    ]
    paths = st.sampled_from([LIST, *(f"{LIST}{s.reference}/" for s in (*ours, *theirs)), f"{LIST}S-2026-999999/"])
    values = st.sampled_from(["1", "2", "1000", "0", "dispatched", "returned", "cancelled", "%", "*", *placed])
    names = st.sampled_from(["limit", "state", "cursor", "consignee", "party", "expand", "ordering", "consignee__name"])
    query = st.dictionaries(names, values, max_size=3)
    return st.builds(lambda path, q: f"{path}?{'&'.join(f'{k}={v}' for k, v in q.items())}", paths, query)


def test_no_answer_holds_anything_of_another_partner(caller, post1, ours, theirs, secrets, settings):
    settings.API_CALLS_PER_MINUTE = 1_000_000
    seen = set()

    @given(calls(ours, theirs, post1))
    @FUZZ
    def ask(address: str) -> None:
        answer = caller.get(address)
        seen.add(answer.status_code)
        assert not leaks(answer, secrets)

    ask()
    assert seen == {200, 400, 404}


def test_the_search_finds_a_leak_where_the_scope_is_off(caller, ours, theirs, secrets, monkeypatch):
    monkeypatch.setattr(ShipmentQuerySet, "visible_to", lambda self, party: self.filter(dispatched_at__isnull=False))

    found = leaks(caller.get(LIST), secrets)

    assert CANARY in found
    assert {shipment.reference for shipment in theirs[:3]} <= set(found)
