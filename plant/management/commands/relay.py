"""`manage.py relay`: wakes the workers when a derived fact is stale."""

import datetime as dt
import signal
import sys
from typing import Any

import structlog
from celery.exceptions import CeleryError
from django.core.management.base import BaseCommand
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from plant.celery import app
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
        try:
            refresh.apply_async(kwargs={"fact": fact, "key": key}, retry=False)
        except (KombuError, CeleryError, RedisError, OSError) as error:
            if not self.lost:
                log.warning("bell_broken", error=f"{type(error).__name__}: {error}")
            self.lost += 1
            return False
        if self.lost:
            log.info("bell_works_again", lost=self.lost)
            self.lost = 0
        return True


class Command(BaseCommand):
    help = "Ring the workers for stale facts, and compute them here where nobody comes."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):  # wherever it is: what is not committed is still on the list
            signal.signal(number, lambda *_: sys.exit(0))
        Relay(bell=CeleryBell(), clock=lambda: dt.datetime.now(dt.UTC)).serve()
