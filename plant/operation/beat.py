"""Beat that shows it is alive; a schedule that stands still is seen."""

import time
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, connection

from plant.operation import pulses


class Scheduler(PersistentScheduler):
    """Celery's own, which also says every few seconds that it is at work."""

    _showed_at = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        pause = float(super().tick(*args, **kwargs))
        if time.monotonic() - self._showed_at > pulses.ASK_SECONDS:
            self._show()
        return min(pause, pulses.ASK_SECONDS)

    def _show(self) -> None:
        try:
            pulses.heard(pulses.BEAT)
            self._showed_at = time.monotonic()
        except DatabaseError:
            connection.close()  # the schedule goes on; the next tick tries again
