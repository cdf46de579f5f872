"""Two people at the same instant, on the real database: one wins, the other reads a sentence, no gram is lost."""

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.models import Hold, Movement
from plant.management.commands.reconcile import reconcile
from shipments import services
from tests.factories import container, minutes, world
from tests.processing import floor
from tests.shipments import dock

ROUNDS = 25


def one_refusal(answers):
    refusals = [answer for answer in answers if isinstance(answer, DomainError)]
    assert len(refusals) == 1, answers
    return refusals[0].message


def test_a_shipment_is_dispatched_once(committed_db):
    plant = world()
    for _round in range(ROUNDS):
        shipment = dock.draft(plant, *dock.bags(plant, 800, 700))

        answers = dock.at_once(
            lambda s=shipment: dock.dispatch(plant, s),
            lambda s=shipment: dock.dispatch(plant, s, by="operator2"),
        )

        assert one_refusal(answers) == f"{shipment} is dispatched already. Load the page again to see it."
    assert Movement.objects.filter(kind="ship").count() == 2 * ROUNDS


def test_a_bag_goes_into_one_of_two_shipments(committed_db):
    plant = world()
    for _round in range(ROUNDS):
        [bag], first, second = dock.bags(plant), dock.draft(plant), dock.draft(plant)

        answers = dock.at_once(
            lambda s=first, b=bag: dock.add(plant, s, b),
            lambda s=second, b=bag: dock.add(plant, s, b, by="operator2"),
        )

        assert f"{bag} is in S-" in one_refusal(answers)


def test_black_mass_is_charged_or_shipped_but_never_both(committed_db):
    plant = world()
    batch = floor.opened(plant)
    for number in range(ROUNDS):
        box = container(plant, 100)
        shipment = dock.draft(plant, box)

        answers = dock.at_once(
            lambda s=shipment: dock.dispatch(plant, s),
            lambda b=box: floor.charge(plant, batch, b, minute=20, by="operator2"),
        )

        assert str(box) in one_refusal(answers)
        assert sum(dock.standing(box).values()) in (0, 100), number
    assert reconcile(minutes(60))[0] == []


def test_a_part_that_is_charged_at_the_same_time_is_not_shipped(committed_db):
    plant = world()
    batch = floor.opened(plant)
    for _round in range(ROUNDS):
        box = container(plant, 100)
        shipment = dock.draft(plant, box)

        dock.at_once(
            lambda s=shipment: dock.dispatch(plant, s),
            lambda b=box: floor.charge(plant, batch, b, 40, minute=20, by="operator2"),
        )

        assert "A-01" not in dock.standing(box)  # whatever was there at its moment left whole
    assert reconcile(minutes(60))[0] == []


def test_a_hold_comes_before_the_truck_or_after_it(committed_db):
    plant = world()
    for _round in range(ROUNDS):
        [bag] = dock.bags(plant)
        shipment = dock.draft(plant, bag)

        left, held = dock.at_once(
            lambda s=shipment: dock.dispatch(plant, s),
            lambda b=bag: inventory.place_hold(
                container=b, kind=Hold.Kind.QUALITY, reason="copper", by=plant.users["operator2"], at=minutes(20)
            ),
        )

        if isinstance(left, DomainError):
            assert "quality hold (copper)" in left.message
            assert dock.standing(bag) == {"P-01": 800}
        assert isinstance(held, Hold)


def test_shipments_with_the_same_bags_in_turn_do_not_deadlock(committed_db):
    plant = world()
    for _round in range(ROUNDS // 2):
        boxes = dock.bags(plant, *[100] * 4)
        first, second = dock.draft(plant), dock.draft(plant)

        answers = dock.at_once(
            lambda s=first, b=boxes: dock.add(plant, s, *b),
            lambda s=second, b=boxes: dock.add(plant, s, *b[::-1], by="operator2"),
        )

        one_refusal(answers)


def test_a_draft_leaves_or_is_given_up(committed_db):
    plant = world()
    for _round in range(ROUNDS):
        [bag] = dock.bags(plant)
        shipment = dock.draft(plant, bag)

        answers = dock.at_once(lambda s=shipment: dock.dispatch(plant, s), lambda s=shipment: dock.cancel(plant, s))

        assert one_refusal(answers) in (
            f"{shipment} has left. Return it instead; what never left, a supervisor takes back.",
            "Cancelled cannot become dispatched. Load the page again to see what is possible.",
        )
        shipment.refresh_from_db()
        assert (shipment.state, dock.standing(bag)) in (
            ("dispatched", {"CUSTOMERS": 800}),
            ("cancelled", {"P-01": 800}),
        )


def test_what_is_taken_out_of_a_draft_does_not_leave_with_it(committed_db):
    plant = world()
    for _round in range(ROUNDS):
        bag, other = dock.bags(plant, 800, 700)
        shipment = dock.draft(plant, bag, other)

        left, taken = dock.at_once(
            lambda s=shipment: dock.dispatch(plant, s),
            lambda s=shipment, b=bag: services.remove_container(shipment=s, container=b, by=plant.users["operator2"]),
        )

        assert not isinstance(left, DomainError)
        where = dock.standing(bag)
        assert where == ({"CUSTOMERS": 800} if isinstance(taken, DomainError) else {"P-01": 800})


def test_a_shipment_arrives_once_and_comes_back_once(committed_db):
    plant = world()
    for _round in range(ROUNDS):
        shipment = dock.dispatched(plant)
        answers = dock.at_once(*[lambda s=shipment: dock.deliver(plant, s)] * 2)
        assert "is delivered already" in one_refusal(answers)

        answers = dock.at_once(*[lambda s=shipment: dock.take_back(plant, s)] * 2)

        assert "is returned already" in one_refusal(answers)
        shipment.refresh_from_db()
        assert shipment.version == 3
    assert reconcile(minutes(60))[0] == []
