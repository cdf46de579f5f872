"""Splitting on the screen: a weight and one press; what is refused comes back with its sentence."""

import uuid

import pytest

from plant.inventory.models import Container, Movement
from tests.factories import container, minutes
from tests.pages import form, send, text


@pytest.fixture
def floor(person, monkeypatch):
    monkeypatch.setattr("plant.inventory.repacking_views.now", lambda: minutes(30))
    return person("operator")


def url(box):
    return f"/containers/{box.reference}/split/"


def typed(client, box, **changes):
    return form(client.get(url(box)), "panel") | changes


def test_a_weight_and_a_press_split_it_off(plant, floor):
    box = container(plant, 1000, kind="GAYLORD")

    answer = send(floor, url(box), typed(floor, box, net="300", unit="kg"))

    assert (answer.status_code, answer["Location"]) == (303, f"/containers/{box.lot}-02/")
    assert "300.000 kg of" in text(floor.get(answer["Location"]))
    part = Container.objects.get(reference=f"{box.lot}-02")
    assert (part.kind.code, part.holdings.get(kg__gt=0).location.code) == ("GAYLORD", "A-01")


@pytest.mark.parametrize(
    ("net", "sentence"),
    [("0", "A weight of zero is no weight"), ("1000", "move the whole container"), ("2500", "1,000.000 kg left")],
)
def test_what_cannot_be_split_off_comes_back_at_the_weight(plant, floor, net, sentence):
    box = container(plant, 1000, kind="CRATE")

    answer = send(floor, url(box), typed(floor, box, net=net, unit="kg"), htmx=True)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert form(answer, "panel")["net"] == net
    assert not Movement.objects.filter(kind="split").exists()


def test_pressing_twice_splits_once(plant, floor):
    box = container(plant, 1000, kind="GAYLORD")
    told = typed(floor, box, net="600", unit="kg", once=str(uuid.uuid4()))

    answers = [send(floor, url(box), told) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {f"/containers/{box.lot}-02/"}
    assert Movement.objects.filter(kind="split").count() == 1


def test_the_weight_says_what_stays_while_it_is_typed(plant, floor):
    box = container(plant, 1000, kind="GAYLORD")

    answer = send(floor, url(box), typed(floor, box, net="300", unit="kg", weigh="1"), htmx=True)

    assert "keeps 700.000 kg" in text(answer)
