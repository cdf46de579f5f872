"""A count says what stands in a bay; posted, it corrects the ledger by the difference, never by overwriting."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from plant.inventory import count_posting, counts, services
from plant.inventory.models import Count, CountLine, Hold, Movement, Sighting
from plant.states import InvalidTransition
from processing import services as processing
from tests.factories import container, kilograms, minutes, world


class Floor:
    """A count as people on the floor make it, minute by minute."""

    def __init__(self, plant):
        self.plant = plant

    def start(self, place="A-01", *, by="operator", at=10):
        return counts.start_count(location=self.plant.locations[place], by=self.plant.users[by], at=minutes(at))

    def see(self, count, box, kg=None, *, bay="A-01", by="operator", at=20):
        return counts.see(
            count=count,
            container=box,
            bay=self.plant.locations[bay],
            reading=kilograms(kg) if kg else None,
            by=self.plant.users[by],
            at=minutes(at),
            now=minutes(at),
            confirmed=True,
        )

    def post(self, count, *, by="supervisor", at=60, **kwargs):
        count_posting.post_count(count=count, by=self.plant.users[by], at=minutes(at), now=minutes(at), **kwargs)
        return {line.container.reference: line for line in count.lines.select_related("container")}

    def move(self, box, bay, *, at=30):
        services.move_container(
            container=box,
            bay=self.plant.locations[bay],
            by=self.plant.users["operator"],
            at=minutes(at),
            now=minutes(at),
        )

    def charge(self, box, kg=None, *, at=30):
        """Into a batch that was opened for it, whole or in part."""
        by = {"by": self.plant.users["operator"]}
        batch = processing.draft_batch(
            recipe_version=self.plant.recipes["ELECTRODE"],
            line=self.plant.lines["LINE-1"],
            grade=self.plant.grades["NMC_BM"],
            chemistry=self.plant.chemistries["NMC811"],
            owner=self.plant.parties["GMBI"],
            at=minutes(1),
            **by,
        )
        batch = processing.open_batch(batch=batch, at=minutes(2), now=minutes(2), **by)
        part = {"whole": False, "reading": kilograms(kg)} if kg else {}
        processing.charge(batch=batch, container=box, at=minutes(at), now=minutes(at), **part, **by)
        return batch


@pytest.fixture
def floor(plant):
    return Floor(plant)


def kg_in(box):
    return services.place_of(box).kg


def test_a_weighed_difference_is_posted_against_what_was_expected(plant, floor):
    more, less, same = (container(plant, 1000) for _ in range(3))
    count = floor.start()
    for box, kg in ((more, 1012), (less, "991.5"), (same, 1000)):
        floor.see(count, box, kg)

    lines = floor.post(count, by="operator")

    assert [lines[box.reference].outcome for box in (more, less, same)] == ["adjusted", "adjusted", "agrees"]
    assert [kg_in(box) for box in (more, less, same)] == [1012, Decimal("991.500"), 1000]
    movement = lines[less.reference].adjusted
    assert (movement.kind, movement.kg, movement.how_known) == ("adjust", Decimal("8.500"), "calculated")
    assert movement.to_location.kind == "adjustment"
    assert movement.reason == count.reference


def test_what_moved_between_counting_and_posting_stays_moved(plant, floor):
    box = container(plant, 1000)
    count = floor.start()
    floor.see(count, box, 990, at=20)
    floor.charge(box, 300, at=30)
    floor.move(box, "A-02", at=40)

    lines = floor.post(count)

    assert kg_in(box) == 690
    assert services.place_of(box).location.code == "A-02"
    assert lines[box.reference].moved is None


def test_an_entry_of_before_that_was_keyed_in_late_is_no_difference(plant, floor):
    box = container(plant, 1000)
    count = floor.start()
    floor.see(count, box, 700, at=50)
    floor.charge(box, 300, at=30)

    lines = floor.post(count, by="operator")

    assert (lines[box.reference].outcome, kg_in(box)) == ("agrees", 700)


def test_blank_is_not_zero(plant, floor):
    seen, unseen = container(plant, 1000), container(plant, 500)
    count = floor.start()
    floor.see(count, seen)

    lines = floor.post(count, by="operator")

    assert (lines[seen.reference].outcome, lines[seen.reference].counted_kg) == ("seen", None)
    assert lines[unseen.reference].outcome == "not_seen"
    assert (kg_in(seen), kg_in(unseen)) == (1000, 500)


def test_what_is_missing_is_zero_only_when_a_second_person_says_so_and_why(plant, floor):
    box = container(plant, 500)
    count = floor.start()
    decisions = {box.reference: count_posting.ZERO}

    with pytest.raises(count_posting.NeedsSecondPerson, match="supervisor who did not count"):
        floor.post(count, by="operator", decisions=decisions, reason="gone")
    with pytest.raises(count_posting.NotDecided, match="with a reason"):
        floor.post(count, decisions=decisions)
    lines = floor.post(count, decisions=decisions, reason="looked in all bays")

    assert lines[box.reference].outcome == "missing"
    assert not CountLine.objects.exclude(counted_kg=None).exists()
    with pytest.raises(services.DomainError, match="empty"):
        kg_in(box)


def test_what_was_not_seen_is_moved_to_where_it_was_found(plant, floor):
    box = container(plant, 500)
    count = floor.start()

    lines = floor.post(count, by="operator", decisions={box.reference: "A-04"})

    assert (lines[box.reference].outcome, services.place_of(box).location.code) == ("elsewhere", "A-04")


def test_a_container_seen_in_another_bay_is_moved_there_unless_somebody_says_no(plant, floor):
    box, other = container(plant, 500, bay="A-02"), container(plant, 400, bay="A-03")
    count = floor.start()
    floor.see(count, box, 495)
    floor.see(count, other)

    lines = floor.post(count, by="operator", decisions={other.reference: count_posting.LEAVE})

    assert lines[box.reference].moved.to_location.code == "A-01"
    assert kg_in(box) == 495
    assert [services.place_of(b).location.code for b in (box, other)] == ["A-01", "A-03"]


def test_a_large_difference_is_posted_by_a_supervisor_who_did_not_count(plant, floor):
    box = container(plant, 1000)
    count = floor.start(by="supervisor")
    floor.see(count, box, 940, by="supervisor")

    with pytest.raises(count_posting.NeedsSecondPerson, match="supervisor who did not count"):
        floor.post(count, by="operator")
    with pytest.raises(count_posting.NeedsSecondPerson, match="counted here yourself"):
        floor.post(count, by="supervisor")
    assert kg_in(box) == 1000
    assert Count.objects.get().state == "open"
    counts.set_tolerance(site=plant.site, kg=Decimal(100), share_ratio=Decimal("0.1"), by=plant.users["administrator"])
    floor.post(count, by="operator")
    assert kg_in(box) == 940


def test_a_held_and_a_damaged_container_are_counted_like_any(plant, floor):
    held = container(plant, 1000)
    services.place_hold(container=held, kind=Hold.Kind.QUALITY, reason="wet", by=plant.users["ehs"], at=minutes(1))
    damaged = container(plant, 300, condition="damaged", bay="D-01", kind="DRUM")
    count = floor.start()
    floor.see(count, held, 990)
    floor.see(count, damaged, 299)

    lines = floor.post(count)

    assert (kg_in(held), kg_in(damaged)) == (990, 299)
    assert lines[damaged.reference].moved is None  # it goes back to its DDR bay, not the ledger to it


def test_a_container_that_left_an_hour_ago_is_named_and_the_rest_is_kept(plant, floor):
    gone, here = container(plant, 1000), container(plant, 500)
    batch = floor.charge(gone, at=5)
    count = floor.start()
    floor.see(count, here, 500)

    with pytest.raises(counts.NotCounted, match=rf"charged to {batch} at 2026-06-10 12:05\. What stands here"):
        floor.see(count, gone, 990, at=65)

    assert Sighting.objects.count() == 1
    assert floor.post(count, at=70)[here.reference].outcome == "agrees"


def test_what_leaves_after_it_was_counted_is_said_and_not_guessed(plant, floor):
    box = container(plant, 1000)
    count = floor.start()
    floor.see(count, box, 990)
    floor.charge(box, at=30)

    lines = floor.post(count)

    assert (lines[box.reference].outcome, lines[box.reference].adjusted) == ("gone", None)


def test_the_last_sighting_counts_and_a_withdrawn_one_does_not(plant, floor):
    box, other = container(plant, 1000), container(plant, 500)
    count = floor.start()
    floor.see(count, box, 100, at=20)
    floor.see(count, box, 990, at=21)
    floor.see(count, other, 400, at=22)
    counts.withdraw(count=count, container=other, by=plant.users["operator"], at=minutes(23), now=minutes(23))

    lines = floor.post(count)

    assert (kg_in(box), lines[other.reference].outcome) == (990, "not_seen")


def test_what_came_after_the_count_began_is_not_missing(plant, floor):
    count = floor.start(at=10)
    box = container(plant, 500, at=minutes(15))

    assert floor.post(count) == {}
    assert kg_in(box) == 500


def test_a_zone_is_counted_bay_by_bay(plant, floor):
    first, second, outside = (container(plant, 500, bay=bay) for bay in ("A-01", "A-02", "B-01"))
    count = floor.start("ZONE-A")
    floor.see(count, first, bay="A-01")
    floor.see(count, outside, bay="A-02")
    with pytest.raises(counts.NotCounted, match="not part of the count"):
        floor.see(count, second, bay="B-01")

    lines = floor.post(count)

    assert lines[second.reference].outcome == "not_seen"
    assert services.place_of(outside).location.code == "A-02"


def test_two_counts_of_one_container_correct_it_once(plant, floor):
    box = container(plant, 1000)
    zone, bay = floor.start("ZONE-A"), floor.start("A-01", by="operator2")
    floor.see(zone, box, 990, at=20)
    floor.see(bay, box, 988, by="operator2", at=25)

    floor.post(bay)
    lines = floor.post(zone, at=70)

    assert (kg_in(box), lines[box.reference].outcome) == (988, "later")
    again = floor.start("ZONE-A", at=80)
    floor.see(again, box, 988, at=81)
    assert floor.post(again, at=90)[box.reference].outcome == "agrees"


def test_an_earlier_count_posted_first_is_no_difference_to_the_later_one(plant, floor):
    box = container(plant, 1000)
    zone, bay = floor.start("ZONE-A"), floor.start("A-01", by="operator2")
    floor.see(zone, box, 990, at=20)
    floor.see(bay, box, 990, by="operator2", at=25)

    floor.post(zone)
    lines = floor.post(bay, at=70)

    assert (kg_in(box), lines[box.reference].outcome) == (990, "agrees")


def test_nobody_posts_what_was_not_on_the_screen(plant, floor):
    box = container(plant, 1000)
    count = floor.start()
    floor.see(count, box, 990)
    looked_at = count_posting.review(count).print_
    floor.see(count, box, 980, by="operator2", at=21)

    with pytest.raises(count_posting.CountChanged, match="Look at it again"):
        floor.post(count, looked_at=looked_at)

    assert kg_in(box) == 1000


def test_a_count_ends_once(plant, floor):
    box = container(plant, 1000)
    count = floor.start()
    floor.post(count)

    with pytest.raises(counts.CountEnded, match="ended by Shift supervisor"):
        floor.see(count, box)
    with pytest.raises(counts.CountEnded):
        floor.post(count)
    with pytest.raises(InvalidTransition):
        Count.TRANSITIONS.check("posted", Count.State.ABANDONED)


def test_an_abandoned_count_changes_nothing(plant, floor):
    box = container(plant, 1000)
    count = floor.start()
    floor.see(count, box, 500)

    counts.abandon_count(count=count, reason="scale is off", by=plant.users["operator"], at=minutes(30))

    assert kg_in(box) == 1000
    assert floor.start(at=40).pk != count.pk


def test_a_correction_by_count_is_reversible(plant, floor):
    box = container(plant, 1000)
    count = floor.start()
    floor.see(count, box, 990)
    movement = floor.post(count, by="operator")[box.reference].adjusted

    services.reverse_entry(movement=movement, reason="scale was off", by=plant.users["operator"], now=minutes(70))

    assert kg_in(box) == 1000
    assert Movement.objects.standing().filter(kind="adjust").count() == 0


def test_two_people_counting_the_same_bay_at_once_share_one_count(committed_db):
    plant = world()
    floor = Floor(plant)
    boxes, joined = [container(plant, 1000), container(plant, 500)], []

    def walk(person, box):
        try:
            count = floor.start(by=person)
            floor.see(count, boxes[0], by=person)
            floor.see(count, box, kg_in(box) - 1, by=person)
            joined.append(count.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=walk, args=told) for told in zip(("operator", "operator2"), boxes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(joined) == 2
    assert len(set(joined)) == 1
    floor.post(Count.objects.get())
    assert [kg_in(box) for box in boxes][1] == 499
