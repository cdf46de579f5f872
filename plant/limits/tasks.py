"""What beat asks of limits."""

import datetime as dt

from celery import shared_task
from celery.contrib.django.task import DjangoTask

from plant.limits import facts


@shared_task(base=DjangoTask, ignore_result=True)
def refresh_utilization() -> None:
    """Every five minutes, and so at each site's midnight: the running years are counted up to now."""
    facts.mark_current_years(dt.datetime.now(dt.UTC))
