"""The canary, and what is done once a day."""

import datetime as dt
import subprocess
import sys

import structlog
from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.conf import settings

from plant.operation import pulses
from plant.operation.models import Run

log = structlog.get_logger(__name__)

DAILY = dt.timedelta(hours=23, minutes=30)  # looked at every hour, so that it stays at the same one


@shared_task(base=DjangoTask, ignore_result=True)
def answer() -> None:
    """A worker takes this from the real queue and says so: it is not deaf."""
    pulses.heard(pulses.CANARY)


@shared_task(base=DjangoTask, ignore_result=True)
def start_daily_runs() -> None:
    """Every hour from beat: compare with the ledger and back up where the last good run was yesterday's. A failure is
    tried again an hour later; two at once are harmless."""
    now = dt.datetime.now(dt.UTC)
    for kind, command in _commands().items():
        last = Run.objects.good(kind).first()
        if last is None or now - last.ended_at > DAILY:
            log.info("daily_run_started", command=command)
            # A process of its own: it takes longer than a task may. It notes how it ended.
            subprocess.Popen([sys.executable, str(settings.BASE_DIR / "manage.py"), command], stdin=subprocess.DEVNULL)


def _commands() -> dict[Run.Kind, str]:
    commands = {Run.Kind.RECONCILE: "reconcile"}
    if settings.BACKUP_DIR:
        commands[Run.Kind.BACKUP] = "backup"
    return commands
