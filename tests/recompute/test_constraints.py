"""Each CHECK of a mark, refused by the database."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError

from plant.errors import constraint_of
from plant.recompute.models import Mark

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("recompute_mark_names_its_fact", {"fact": ""}),
        ("recompute_mark_names_its_fact", {"key": ""}),
        ("recompute_mark_failure_is_whole", {"attempts": 1}),
        ("recompute_mark_failure_is_whole", {"attempts": 1, "due_at": NOW}),
        ("recompute_mark_failure_is_whole", {"attempts": 1, "error": "why"}),
        ("recompute_mark_failure_is_whole", {"error": "why"}),
        ("recompute_mark_failure_is_whole", {"due_at": NOW}),
        ("recompute_mark_failure_is_whole", {"attempts": -1, "due_at": NOW, "error": "why"}),
    ],
)
def test_the_database_refuses(constraint: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError) as refusal:
        Mark.objects.create(**{"fact": "yield", "key": "B-1", **values})
    assert constraint_of(refusal.value) == constraint
