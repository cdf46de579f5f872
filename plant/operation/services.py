"""What is written down of a run of the plant's own machinery."""

import datetime as dt
from typing import Any

from django.db import transaction

from plant.operation.models import Run

FAULT_LENGTH = 300


@transaction.atomic
def record_run(
    *, kind: Run.Kind, began_at: dt.datetime, ended_at: dt.datetime, fault: str = "", details: dict[str, Any]
) -> Run:
    """Note that a backup, a restore, a restore test or a comparison ended, and how."""
    return Run.objects.create(
        kind=kind,
        began_at=began_at,
        ended_at=max(began_at, ended_at),
        fault=fault.replace("\n", " ")[:FAULT_LENGTH],
        details=details,
    )
