"""`manage.py relay` as a process, with everything around it breaking. Times are only limits to give up at."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from plant import recompute
from plant.management import embedded
from plant.models import Site

DAYS = [f"LG:2026-03-{day:02}" for day in range(1, 11)]
Start = Callable[..., "Relay"]


class Relay:
    """The process, and what it says."""

    def __init__(self, log: Path, **env: str) -> None:
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "django", "relay"],
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "plant.settings", "LOG_LEVEL": "INFO", **env},
                stderr=out,
            )

    def says(self, what: str) -> bool:
        return what in self.log.read_text()

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=10)


def until(true: Callable[[], bool], seconds: float = 30) -> bool:
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def is_all_computed() -> bool:
    return recompute.staleness("daily-flow").waiting == 0


def change() -> None:
    """Days whose flows are stale; that they have none makes no difference here."""
    recompute.mark_stale("daily-flow", *DAYS)


@pytest.fixture
def start(committed_db: None, tmp_path: Path) -> Iterator[Start]:
    Site.objects.create(code="LG", name="A plant", timezone="America/Chicago")
    started: list[Relay] = []

    def start(**env: str) -> Relay:
        started.append(Relay(tmp_path / f"relay-{len(started)}.log", **env))
        return started[-1]

    yield start
    for relay in started:
        relay.process.kill()
        relay.process.wait()


@pytest.fixture(scope="module")
def own_valkey() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="blackmass-relay-") as folder, embedded.running(Path(folder)) as servers:
        yield servers[1].url


@pytest.fixture
def valkey(own_valkey: str) -> Iterator[tuple[str, int]]:
    """The address and process of a Valkey that can be stopped at will, since no other test uses it."""
    pid = int(redis.from_url(own_valkey).info("server")["process_id"])
    yield own_valkey, pid
    os.kill(pid, signal.SIGCONT)


def test_a_commit_rings_the_workers(start: Start, redis_url: str) -> None:
    broker = redis.from_url(redis_url)
    broker.delete(settings.CELERY_TASK_DEFAULT_QUEUE)
    relay = start()
    assert until(lambda: relay.says("relay_at_work"))

    change()
    assert until(lambda: broker.llen(settings.CELERY_TASK_DEFAULT_QUEUE) >= len(DAYS))
    broker.delete(settings.CELERY_TASK_DEFAULT_QUEUE)


def test_with_no_broker_it_computes_by_itself(start: Start) -> None:
    start(REDIS_URL="redis://127.0.0.1:1/0")
    change()

    assert until(is_all_computed, 15)


def test_with_a_broker_that_hangs_it_computes_by_itself(start: Start, valkey: tuple[str, int]) -> None:
    url, pid = valkey
    relay = start(REDIS_URL=url)
    change()
    assert until(lambda: redis.from_url(url).llen(settings.CELERY_TASK_DEFAULT_QUEUE) >= len(DAYS))

    os.kill(pid, signal.SIGSTOP)
    change()
    assert until(is_all_computed, 15), "before the marks are so old that it would compute them anyway"
    assert relay.says("bell_broken")

    os.kill(pid, signal.SIGCONT)
    assert until(lambda: bool(change()) or relay.says("bell_works_again"))


def test_told_to_stop_it_stops_even_while_the_broker_hangs(start: Start, valkey: tuple[str, int]) -> None:
    url, pid = valkey
    relay = start(REDIS_URL=url)
    assert until(lambda: relay.says("relay_at_work"))
    os.kill(pid, signal.SIGSTOP)
    change()
    time.sleep(0.5)

    assert relay.end() == 0


def test_it_comes_back_when_the_database_does(start: Start, owner_url: str) -> None:
    relay = start(REDIS_URL="redis://127.0.0.1:1/0")
    assert until(lambda: relay.says("relay_at_work"))
    name = connection.settings_dict["NAME"]
    connection.close()
    server = owner_url.replace(embedded.OWNER, "postgres", 1).replace(f"/{name}", "/postgres")
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert until(lambda: relay.log.read_text().count("relay_lost_database") >= 3)
        superuser.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    change()
    assert until(is_all_computed)
    assert relay.process.poll() is None


def test_a_second_relay_waits_and_takes_over(start: Start) -> None:
    first = start(REDIS_URL="redis://127.0.0.1:1/0")
    assert until(lambda: first.says("relay_at_work"))
    second = start(REDIS_URL="redis://127.0.0.1:1/0")
    change()
    assert until(is_all_computed)
    time.sleep(3)
    assert not second.says("relay_at_work")

    first.process.kill()
    assert until(lambda: second.says("relay_at_work"))
    change()
    assert until(is_all_computed)
