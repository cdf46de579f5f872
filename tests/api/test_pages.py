"""Pages by cursor: each shipment once, in one order, also while others come in; a page costs the same statements."""

import datetime as dt
from itertools import chain

import pytest

from tests.api.yard import HOUR, NOON

LIST = "/api/v1/shipments/"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def five(yard, post1):
    """Five shipments, the newest first; the middle three left in the same minute."""
    minutes = [0, 1, 1, 1, 2]
    bags = [yard.bag() for _ in minutes]
    shipped = [yard.ship(post1, bag, at=NOON + 2 * HOUR + n * MINUTE) for bag, n in zip(bags, minutes, strict=True)]
    return [shipment.reference for shipment in reversed(shipped)]


def walk(caller, url):
    pages = []
    while url:
        page = caller.get(url).json()
        pages.append([shipment["reference"] for shipment in page["results"]])
        url = page["next"]
    return pages


def rest_of(caller, page):
    return list(chain(*walk(caller, page["next"])))


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (4, [4, 1]), (5, [5]), (1000, [5])])
def test_the_pages_together_are_the_list(caller, five, limit, sizes):
    pages = walk(caller, f"{LIST}?limit={limit}")

    assert [len(page) for page in pages] == sizes
    assert list(chain(*pages)) == five


def test_next_keeps_what_was_asked(caller, five):
    onward = caller.get(f"{LIST}?limit=2&state=dispatched").json()["next"]

    assert onward.startswith("http://testserver/api/v1/shipments/?limit=2&state=dispatched&cursor=")


def test_a_shipment_that_leaves_meanwhile_shifts_nothing(caller, yard, post1, five):
    first = caller.get(f"{LIST}?limit=2").json()
    yard.ship(post1, at=NOON + 5 * HOUR)

    assert rest_of(caller, first) == five[2:]


def test_a_shipment_that_changes_meanwhile_keeps_its_place(caller, yard, five):
    from shipments.models import Shipment

    first = caller.get(f"{LIST}?limit=2").json()
    yard.deliver(Shipment.objects.get(reference=five[3]))

    assert rest_of(caller, first) == five[2:]


def test_the_cursor_names_no_primary_key(caller, five):
    from django.core.signing import b64_decode

    cursor = caller.get(f"{LIST}?limit=2").json()["next"].partition("cursor=")[2]
    place = b64_decode(cursor.partition(".")[0].encode()).decode()

    assert place == f'["2026-06-10T18:01:00+00:00","{five[1]}"]'


@pytest.mark.parametrize("address", [LIST, f"{LIST}?limit=1", f"{LIST}{{reference}}/"])
def test_a_page_takes_three_statements_and_once_a_minute_a_fourth(caller, five, django_assert_num_queries, address):
    url = address.format(reference=five[0])
    with django_assert_num_queries(4):  # the key, its last use, its count of calls, the rows
        caller.get(url)
    with django_assert_num_queries(3):
        caller.get(url)
