"""Counting on the screen: blind, one scan after the other; compared, then posted as a whole."""

import uuid

import pytest

from plant.inventory import counts, services
from plant.inventory.models import Count, Movement, Sighting
from tests.factories import container, minutes
from tests.pages import form, send, text
from tests.shipments import dock


@pytest.fixture
def people(person, monkeypatch):
    monkeypatch.setattr("plant.inventory.count_views.now", lambda: minutes(30))
    return person


def started(plant, place="A-01", *, by="operator"):
    count = counts.start_count(location=plant.locations[place], by=plant.users[by], at=minutes(10))
    return f"/counts/{count}/"


def see(client, url, box, **typed):
    return send(client, url, {"container": str(box), **typed})


def test_a_bay_is_chosen_by_its_sign_and_a_second_person_joins(plant, people):
    first, second = people("operator"), people("supervisor")

    answers = [send(client, "/counts/new/", {"location": "a-01"}) for client in (first, second)]

    assert Count.objects.count() == 1
    assert len({answer["Location"] for answer in answers}) == 1
    assert "Counting here too: Operator, first shift" in text(second.get(answers[1]["Location"]))
    assert "being counted by Operator" in text(first.get("/counts/new/"))


def test_the_counter_is_not_told_what_to_find(plant, people):
    box, other = container(plant, 1234), container(plant, 777)
    url, client = started(plant), people("operator")

    seen = client.get(see(client, url, box, weigh_each="1", net="1240", unit="kg")["Location"])

    assert f"Counted {box}" in text(seen)
    assert "1,240.000 kg" in text(seen)
    assert "1,234" not in text(seen)
    assert str(other) not in text(seen)


def test_a_container_that_was_shipped_is_named_with_its_shipment_and_the_rest_stays(plant, people):
    shipment = dock.dispatched(plant)
    gone = shipment.lines.first().container
    box = container(plant, 500)
    url, client = started(plant), people("operator")
    see(client, url, box)

    answer = see(client, url, gone)

    assert answer.status_code == 422
    assert f"with {shipment.reference}. What stands here is empty or another one" in text(answer)
    assert f"{box}" in text(answer)
    assert Sighting.objects.count() == 1


def test_comparing_shows_expected_counted_and_difference_and_posts_once(plant, people):
    box = container(plant, 1000)
    url, client = started(plant), people("operator")
    see(client, url, box, weigh_each="1", net="990", unit="kg")
    page = client.get(f"{url}compare/")
    told = form(page, "panel") | {"once": str(uuid.uuid4())}

    answers = [send(client, f"{url}compare/", told) for _ in range(2)]

    assert "1,000.000 990.000 −10.000 Will be corrected" in text(page)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Movement.objects.filter(kind="adjust").count() == 1
    assert services.place_of(box).kg == 990
    assert "Corrected" in text(client.get(url))


def test_a_large_difference_waits_for_a_supervisor(plant, people):
    box = container(plant, 1000)
    url, client = started(plant), people("operator")
    see(client, url, box, weigh_each="1", net="900", unit="kg")

    page = client.get(f"{url}compare/")
    answer = send(people("supervisor"), f"{url}compare/", form(page, "panel"))

    assert "posted by a supervisor who did not count" in text(page)
    assert "Post the count" not in text(page)
    assert answer.status_code == 303
    assert services.place_of(box).kg == 900


def test_what_was_not_seen_is_left_unless_somebody_decides(plant, people):
    left, found, missing = (container(plant, 500) for _ in range(3))
    url, client = started(plant), people("supervisor")
    page = client.get(f"{url}compare/")
    told = form(page, "panel") | {str(found): "A-04", str(missing): "zero"}

    refused = send(client, f"{url}compare/", told)
    done = send(client, f"{url}compare/", told | {"reason": "looked everywhere"})

    assert refused.status_code == 422
    assert "set to zero with a reason" in text(refused)
    assert done.status_code == 303
    assert services.place_of(found).location.code == "A-04"
    assert services.place_of(left).kg == 500
    assert "Missing, set to zero" in text(client.get(url))


def test_somebody_else_counting_meanwhile_brings_the_comparison_back(plant, people):
    box = container(plant, 1000)
    url, client = started(plant), people("operator")
    see(client, url, box, weigh_each="1", net="990", unit="kg")
    told = form(client.get(f"{url}compare/"), "panel")
    see(people("supervisor"), url, box, weigh_each="1", net="995", unit="kg")

    answer = send(client, f"{url}compare/", told)

    assert answer.status_code == 422
    assert "Look at it again" in text(answer)
    assert "995.000" in text(answer)
    assert form(answer, "panel")["looked_at"] != told["looked_at"]


def test_one_is_taken_off_and_a_count_is_given_up(plant, people):
    box = container(plant, 1000)
    url, client = started(plant), people("operator")
    see(client, url, box)

    off = send(client, f"{url}withdraw/", {"container": str(box)})
    ended = send(client, f"{url}abandon/", {"reason": "wrong bay"})

    assert (off.status_code, ended.status_code) == (303, 303)
    assert not counts.sightings_of(Count.objects.get())
    shown = text(client.get(url))
    assert "Abandoned" in shown
    assert "wrong bay" in shown


def test_the_list_shows_every_count(plant, people):
    url = started(plant)

    shown = text(people("manager").get("/counts/"))

    assert url.split("/")[2] in shown
    assert "Bay A-01" in shown
