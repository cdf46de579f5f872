"""When the relay rings, when it rings again, and when it stops to wait for the workers."""

import datetime as dt

import pytest

from plant import recompute
from plant.recompute import relay as relays
from plant.recompute.models import Mark
from plant.recompute.relay import Relay

MINUTE = dt.timedelta(minutes=1)


class Bell:
    """A broker that takes every ring, or none."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.works = True

    def __call__(self, fact: str, key: str) -> bool:
        self.rung.append(key)
        return self.works


class Clock:
    """The plant's clock, which can be put forward."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def relay(db: None, bell: Bell, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Relay:
    """A relay that will not ring again by itself while a test lasts, however slow the machine is."""
    monkeypatch.setattr(relays, "RING_AGAIN_SECONDS", 1000.0)
    monkeypatch.setattr(relays, "DEAR_SECONDS", 1000.0)
    monkeypatch.setattr(relays, "BROKEN_BELL_SECONDS", 1000.0)
    return Relay(bell=bell, clock=clock)


def test_it_rings_once_for_each_fact_and_key(relay: Relay, bell: Bell, computed: list[str]) -> None:
    recompute.mark_stale("yield", "B-1", "B-2")
    recompute.mark_stale("yield", "B-1")

    relay.look()
    assert sorted(bell.rung) == ["B-1", "B-2"]
    assert computed == []


def test_it_does_not_ring_again_for_the_same_marks(relay: Relay, bell: Bell, computed: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")

    relay.look()
    relay.look()
    assert bell.rung == ["B-1"]


def test_it_rings_again_when_nobody_came(
    relay: Relay, bell: Bell, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "RING_AGAIN_SECONDS", 0.0)
    recompute.mark_stale("yield", "B-1")

    relay.look()
    relay.look()
    assert bell.rung == ["B-1", "B-1"]


def test_it_rings_at_once_for_a_new_mark(relay: Relay, bell: Bell, computed: list[str]) -> None:
    for _ in range(3):
        recompute.mark_stale("yield", "B-1")
        relay.look()

    assert bell.rung == ["B-1"] * 3


def test_it_lets_new_marks_of_a_dear_fact_gather(relay: Relay, bell: Bell) -> None:
    @recompute.fact("utilization", dear=True)
    def compute(key: str, now: dt.datetime) -> None: ...

    for _ in range(3):
        recompute.mark_stale("utilization", "LG")
        relay.look()
        recompute.drain(dt.datetime.now(dt.UTC))  # a worker that is quick: what was rung is remembered all the same

    assert bell.rung == ["LG"]


def test_it_computes_by_itself_what_no_worker_took(relay: Relay, clock: Clock, computed: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")
    relay.look()
    assert computed == []

    clock.ahead = MINUTE
    relay.look()
    assert computed == ["B-1"]
    assert not Mark.objects.exists()


def test_it_computes_by_itself_when_the_bell_is_broken(relay: Relay, bell: Bell, computed: list[str]) -> None:
    bell.works = False
    recompute.mark_stale("yield", "B-1", "B-2", "B-3")

    while relay.look() == 0.0:
        pass
    assert sorted(computed) == ["B-1", "B-2", "B-3"]
    assert len(bell.rung) == 1, "one try, then it is left in peace for a while"


def test_it_tries_the_bell_again_after_a_while(
    relay: Relay, bell: Bell, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "BROKEN_BELL_SECONDS", 0.0)
    bell.works = False
    recompute.mark_stale("yield", "B-1")
    relay.look()
    bell.works = True
    recompute.mark_stale("yield", "B-2")
    relay.look()

    assert bell.rung[-1] == "B-2"


def test_it_leaves_alone_what_failed_until_it_is_due(relay: Relay, bell: Bell, clock: Clock) -> None:
    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        raise ValueError("no")

    recompute.mark_stale("yield", "B-1")
    recompute.drain(clock())
    relay.look()
    assert bell.rung == []

    clock.ahead = dt.timedelta(seconds=6)
    relay.look()
    assert bell.rung == ["B-1"]


def test_it_keeps_ringing_while_it_computes(relay: Relay, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of its own computing has an end, so new marks are heard between two."""
    monkeypatch.setattr(relays, "STEP_SECONDS", -1.0)
    computed = []

    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        computed.append(key)

    relay.clock = lambda: dt.datetime.now(dt.UTC) + MINUTE
    recompute.mark_stale("yield", "B-1")

    assert relay.look() == 0.0, "it comes back at once"
    assert computed == []
