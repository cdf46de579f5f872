"""Ninety days of a plant in ramp-up, ending today: loads, batches, trucks, and what goes wrong now and then.

Everything is entered through the services, as people would, and is the same for the same seed and `now`. A day is told
in the order of its shifts; a batch is told whole. The last day is `plant.demo.scene`: what one finds on coming in.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from plant.demo import dock, floor, gate, incidents, mending, scene
from plant.demo.feeds import DAY, FEEDS, MODULES, Feed, tonnage
from plant.demo.floor import ANODE, Run
from plant.demo.site import Plant
from plant.demo.teller import Box, Teller
from plant.inventory import months
from plant.units import ZERO_KG

BATCH_KG, LEAST_BATCH_KG = 6_000, 2_800
CAMPAIGN_KG = {"LFP": 9_500, "PACK": 5_400, "ANODE": 10**9}
"""What must be due before it is worth beginning; anode foil is blended and never runs alone."""
LINES = {"LINE-1": 6.5, "LINE-2": 6.9, "DISMANTLING": 7.5}
"""The hour at which each begins."""
LAST_START = 17.5
"""The hour after which no batch is begun: the second shift ends at ten."""
HOUR, DISCHARGE = dt.timedelta(hours=1), dt.timedelta(hours=4)
SIGNED_ON = 5
"""The day from which the manager signs the month before."""
SAID_EVERY = 6
HALF_FULL = 0.5
"""How full a truck leaves on the last day if no full one did, so that something is on the road."""
ONCE_IN: tuple[tuple[int, int, Callable[[Teller], None]], ...] = (
    # so many working days, on which of them, what
    (17, 2, dock.receive_damaged),
    (14, 6, mending.count_bay),
    (16, 9, mending.split_box),
    (19, 7, mending.correct_weight),
    (23, 12, gate.correct_papers),
    (29, 21, gate.give_up),
    (41, 19, gate.come_back),
)
Say = Callable[[str], None]


@dataclass
class Course:
    """How far the story has come: what each stream is owed at the dock and on its line, in kg."""

    teller: Teller
    signed: dt.date
    """The first day of the month that was signed last."""
    left: dt.date
    """And of the one that waits for whoever tries the plant."""
    coming: dict[str, float] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    pools: dict[str, str] = field(default_factory=dict)
    """What ran on a line last."""
    worked: int = 0
    """Working days told so far."""
    last_run: Run | None = None


def tell(plant: Plant, *, now: dt.datetime, days: int = 90, seed: int = 2026, say: Say | None = None) -> None:
    """So many days that end at `now`: yesterday is complete, today is under way. 0 days: nothing happened."""
    if not days:
        return
    begins = now - scene.BEFORE
    today = plant.site.day(begins)
    teller = Teller(plant, random.Random(seed), now)
    first = today - (days - 1) * DAY
    course = _beginning(teller, first=first, today=today)
    ahead = [(day, tonnage(day, today, teller.chance)) for day in (first + n * DAY for n in range(days - 1))]
    working = [(day, kg) for day, kg in ahead if kg]
    for number, (day, kg) in enumerate(working, start=1):
        _tell_day(course, day, kg, is_last=number == len(working))
        if say is not None and number % SAID_EVERY == 0:
            say(f"{day}: {number} of {len(working)} working days")
    teller.clock = begins
    scene.today(teller, now=now)


def _beginning(teller: Teller, *, first: dt.date, today: dt.date) -> Course:
    """The large streams have a truck at the gate on the first day, the small ones come when they come."""
    course = Course(teller, signed=_month_before(first), left=_month_before(today))
    for feed in FEEDS:
        course.coming[feed.code] = feed.load_kg * (1 if feed.share > Decimal("0.15") else teller.chance.random())
    return course


def _tell_day(course: Course, day: dt.date, kg: int, *, is_last: bool) -> None:
    teller = course.teller
    course.worked += 1
    for feed in FEEDS:
        course.coming[feed.code] = course.coming.get(feed.code, 0) + kg * float(feed.share)
        course.due[feed.code] = course.due.get(feed.code, 0) + kg * float(feed.share)
    teller.at(day, 6.1)
    _in_the_office(course)
    if is_last and course.last_run is not None:
        incidents.find_bag(teller, course.last_run)
    _loads(course, day)
    _batches(course, day)
    teller.at(day, 12.5 + 3 * teller.chance.random())
    gate.ship(teller)
    if is_last and not teller.yard.under_way:
        gate.ship(teller, fullness=HALF_FULL)


def _in_the_office(course: Course) -> None:
    """What is due in the morning, and what happens once in so many working days."""
    teller = course.teller
    incidents.lift_holds(teller)
    gate.arrive(teller)
    for every, on, happens in ONCE_IN:
        if course.worked % every == on:
            teller.after(5)
            happens(teller)
    month = _month_before(teller.day)
    if teller.day.day >= SIGNED_ON and course.signed < month < course.left:
        incidents.sign_month(teller, month)
        course.signed = month


def _month_before(day: dt.date) -> dt.date:
    return months.first_day(months.first_day(day) - DAY)


def _loads(course: Course, day: dt.date) -> None:
    """Trucks, one after the other, of every stream that has a load together."""
    teller = course.teller
    teller.at(day, 6.6)
    for feed in FEEDS:
        if course.coming[feed.code] >= feed.load_kg:
            course.coming[feed.code] -= feed.load_kg
            boxes = dock.receive_load(teller, feed, load_kg=feed.load_kg, late=teller.happens(0.04))
            if teller.plant.materials[feed.material].holds_charge:
                incidents.decide_status(teller, boxes)
            teller.after(25)


def _batches(course: Course, day: dt.date) -> None:
    """Batch after batch on each line, as long as there is something due and in the bays."""
    teller = course.teller
    free_at = {line: teller.at(day, hour) for line, hour in LINES.items()}
    ends = teller.at(day, LAST_START)
    while free_at:
        line = min(free_at, key=lambda each: free_at[each])
        teller.clock = free_at[line]
        if teller.clock > ends:
            del free_at[line]
        elif (feed := _next_feed(course, line)) is None:
            free_at[line] += HOUR  # a load may come in
        else:
            _batch(course, feed)
            free_at[line] = teller.clock


def _next_feed(course: Course, line: str) -> Feed | None:
    """What is due most on a line and stands in the bays; what is being run of another pool is finished first."""
    fitting = [
        feed
        for feed in (*FEEDS, MODULES)
        if feed.line == line
        and course.due.get(feed.code, 0) >= _worth(course, feed)
        and sum((box.kg for box in _in_the_bays(course, feed)), ZERO_KG) >= LEAST_BATCH_KG
    ]
    return max(fitting, key=lambda feed: (_is_begun(course, feed), course.due[feed.code]), default=None)


def _is_begun(course: Course, feed: Feed) -> bool:
    return feed.chemistry == "LFP" and course.pools.get(feed.line) == course.teller.plant.chemistries["LFP"].pool


def _worth(course: Course, feed: Feed) -> int:
    return LEAST_BATCH_KG if _is_begun(course, feed) else CAMPAIGN_KG.get(feed.code, LEAST_BATCH_KG)


def _in_the_bays(course: Course, feed: Feed) -> list[Box]:
    """What came early enough to be charged now; what has to be discharged, four hours ago."""
    teller = course.teller
    is_charged = teller.plant.materials[feed.material].needs_discharge
    ago = DISCHARGE if is_charged else dt.timedelta(minutes=20)
    return [box for box in teller.yard.scrap.get(feed.code, ()) if box.since < teller.clock - ago]


def _batch(course: Course, feed: Feed) -> None:
    teller = course.teller
    pool = teller.plant.chemistries[feed.chemistry].pool
    if course.pools.get(feed.line, pool) != pool:
        incidents.clean_out(teller, feed.line, f"Before {pool.upper()}: {feed.chemistry}")
        teller.after(90)
    course.pools[feed.line] = pool
    boxes = _take(course, feed, teller.about(BATCH_KG, 0.12))
    if feed.code == "FOIL" and teller.happens(0.6):
        boxes += _take(course, ANODE, Decimal(850))
    if teller.plant.materials[feed.material].needs_discharge:
        incidents.discharge(teller, boxes, begun=teller.clock - DISCHARGE)
    course.due[feed.code] -= float(sum((box.kg for box in boxes), ZERO_KG))
    run = floor.work(teller, feed, boxes)
    modules_kg = sum((box.kg for box in run.bags if box.material == "MODULE"), ZERO_KG)
    course.due[MODULES.code] = course.due.get(MODULES.code, 0) + float(modules_kg)
    if feed.line == "LINE-1" and feed.code != "POWDER":  # a bag more, and it would yield more than its mass
        course.last_run = run
    if feed.grade != "NMC_MODULE" and teller.happens(0.08):
        incidents.hold_bag(teller, run.bags)


def _take(course: Course, feed: Feed, kg: Decimal) -> list[Box]:
    """The oldest containers of a feed, up to about so many kg, out of the bays."""
    taken: list[Box] = []
    for box in _in_the_bays(course, feed):
        if sum((each.kg for each in taken), ZERO_KG) < kg - box.kg / 2:
            taken.append(box)
    scrap = course.teller.yard.scrap.get(feed.code, [])
    gone = {box.container.pk for box in taken}
    course.teller.yard.scrap[feed.code] = [box for box in scrap if box.container.pk not in gone]
    return taken
