"""A fact that is built on another is stale when the other was computed, and the other does not know of it."""

import datetime as dt

import pytest

from plant import recompute
from plant.recompute.models import Mark

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def chain(no_facts: None) -> list[str]:
    """Flows of a day, utilization of its year, and the site's forecast: each follows the one before."""
    computed: list[str] = []

    @recompute.fact("forecast", follows={"utilization": lambda key: [key.split(":")[0]]})
    def forecast(key: str, now: dt.datetime) -> None:
        computed.append(f"forecast {key}")

    @recompute.fact("daily-flow")
    def daily_flow(key: str, now: dt.datetime) -> None:
        computed.append(f"daily-flow {key}")

    @recompute.fact("utilization", follows={"daily-flow": lambda key: [key[:7]]})
    def utilization(key: str, now: dt.datetime) -> None:
        computed.append(f"utilization {key}")

    return computed


@pytest.mark.django_db
def test_one_change_goes_up_the_whole_chain(chain: list[str]) -> None:
    recompute.mark_stale("daily-flow", "LG:2026-03-01")

    assert recompute.drain(NOW) == 3
    assert chain == ["daily-flow LG:2026-03-01", "utilization LG:2026", "forecast LG"]


@pytest.mark.django_db
def test_followers_of_many_keys_are_computed_once(chain: list[str]) -> None:
    recompute.mark_stale("daily-flow", *(f"LG:2026-03-{day:02}" for day in range(1, 11)))

    recompute.drain(NOW)
    assert chain.count("utilization LG:2026") == 1
    assert chain.count("forecast LG") == 1


@pytest.mark.django_db
def test_a_fact_that_fails_makes_nobody_stale(chain: list[str]) -> None:
    @recompute.fact("broken")
    def broken(key: str, now: dt.datetime) -> None:
        raise ValueError("no")

    @recompute.fact("follower", follows={"broken": lambda key: [key]})
    def follower(key: str, now: dt.datetime) -> None: ...

    recompute.mark_stale("broken", "LG")

    recompute.drain(NOW)
    assert not Mark.objects.filter(fact="follower").exists()


@pytest.mark.django_db
def test_a_follower_that_cannot_say_its_keys_fails_the_fact_and_loses_nothing(chain: list[str]) -> None:
    @recompute.fact("follower", follows={"daily-flow": lambda key: [str(int(key))]})
    def follower(key: str, now: dt.datetime) -> None: ...

    recompute.mark_stale("daily-flow", "LG:2026-03-01")

    recompute.drain(NOW)
    assert Mark.objects.get().error.startswith("ValueError: invalid literal")


def test_facts_that_would_follow_each_other_without_end_are_refused(no_facts: None) -> None:
    def compute(key: str, now: dt.datetime) -> None: ...

    recompute.fact("first", follows={"third": lambda key: [key]})(compute)
    recompute.fact("second", follows={"first": lambda key: [key]})(compute)

    for name, followed in (("third", "second"), ("third", "first"), ("alone", "alone")):
        with pytest.raises(ValueError, match="without end"):
            recompute.fact(name, follows={followed: lambda key: [key]})(compute)


def test_two_facts_of_one_name_are_refused(chain: list[str]) -> None:
    with pytest.raises(ValueError, match="two facts are called utilization"):
        recompute.fact("utilization")(lambda key, now: None)


def test_what_is_registered_can_be_asked(chain: list[str]) -> None:
    assert [fact.name for fact in recompute.all_facts()] == ["forecast", "daily-flow", "utilization"]
    assert recompute.registered("nothing") is None
