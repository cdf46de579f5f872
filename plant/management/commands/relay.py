"""`manage.py relay`: wakes the workers when a derived fact is stale, and asks them whether they hear."""

import datetime as dt
import signal
import sys
import time
from typing import Any

import structlog
from celery import Task
from celery.exceptions import CeleryError
from django.core.management.base import BaseCommand
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from plant.celery import app
from plant.operation import pulses
from plant.operation.tasks import answer
from plant.recompute.relay import Relay
from plant.recompute.tasks import refresh

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 2  # a broker that takes longer hangs; workers wait longer, the relay has other things to do


class CeleryBell:
    """Rings through Celery; what the broker does to it is counted and told, never raised."""

    def __init__(self) -> None:
        self.lost = 0
        impatient = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS, "max_retries": 0}
        app.conf.broker_transport_options = {**app.conf.broker_transport_options, **impatient}

    def __call__(self, fact: str, key: str) -> bool:
        return self.send(refresh, fact=fact, key=key)

    def send(self, task: "Task[Any, Any]", **kwargs: str) -> bool:
        """Whether the broker took it."""
        try:
            task.apply_async(kwargs=kwargs, retry=False)
        except (KombuError, CeleryError, RedisError, OSError) as error:
            if not self.lost:
                log.warning("bell_broken", error=f"{type(error).__name__}: {error}")
            self.lost += 1
            return False
        if self.lost:
            log.info("bell_works_again", lost=self.lost)
            self.lost = 0
        return True


class SignsOfLife:
    """Shows that the relay is at work, and asks the workers through the queue that work takes (the canary)."""

    def __init__(self, bell: CeleryBell) -> None:
        self.bell = bell
        self._asked_at = float("-inf")

    def __call__(self) -> None:
        if time.monotonic() - self._asked_at < pulses.ASK_SECONDS:
            return
        self._asked_at = time.monotonic()
        pulses.heard(pulses.RELAY)
        pulses.asked(pulses.CANARY)  # before it is sent: the answer may be faster than we are
        if self.bell.send(answer):
            pulses.heard(pulses.VALKEY)
        else:
            pulses.not_asked(pulses.CANARY)


class Command(BaseCommand):
    help = "Ring the workers for stale facts, and compute them here where nobody comes."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):  # wherever it is: what is not committed is still on the list
            signal.signal(number, lambda *_: sys.exit(0))
        bell = CeleryBell()
        Relay(bell=bell, clock=lambda: dt.datetime.now(dt.UTC), beside=SignsOfLife(bell)).serve()
