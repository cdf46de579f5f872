"""The Celery application: `python -m celery -A plant worker`."""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import task_postrun
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plant.settings")
app = Celery("plant")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()

SHOW_SECONDS = 5.0
_showed_at = float("-inf")


@task_postrun.connect
def _show_that_tasks_end(**_task: Any) -> None:
    """A worker that ends tasks is at work, however many wait."""
    global _showed_at
    if time.monotonic() - _showed_at < SHOW_SECONDS:
        return
    from django.db import DatabaseError, connection  # only now: the application is loaded before its settings

    from plant.operation import pulses

    try:
        pulses.heard(pulses.WORKER)
        _showed_at = time.monotonic()
    except DatabaseError:
        connection.close()
