"""Two managers at one limit at the same instant: one wins, the other reads a sentence, no two versions overlap."""

import datetime as dt
from decimal import Decimal

from plant.errors import DomainError
from plant.limits import services
from plant.limits.models import Limit
from tests.factories import world
from tests.shipments.dock import at_once

ROUNDS = 15


def create(plant, code, *, by="manager"):
    return services.create_limit(
        site=plant.site,
        code=code,
        name="Nameplate",
        quantity=Decimal(13_500),
        unit="tonne",
        source="Permit 1",
        valid_from=dt.date(2026, 1, 1),
        by=plant.users[by],
    )


def change(plant, limit, quantity, *, by="manager"):
    return services.change_limit(
        limit=limit,
        valid_from=dt.date(2027, 1, 1),
        quantity=Decimal(quantity),
        unit="tonne",
        source="Permit 2",
        by=plant.users[by],
    )


def refused(answers):
    return [answer.message for answer in answers if isinstance(answer, DomainError)]


def test_a_limit_is_changed_once(committed_db):
    plant = world()
    for number in range(ROUNDS):
        limit = create(plant, f"LIMIT-{number}")

        answers = at_once(
            lambda it=limit: change(plant, it, 15_000), lambda it=limit: change(plant, it, 16_000, by="administrator")
        )

        assert refused(answers) == ["The version from 2027-01-01 on would overlap. Choose a later day."]
        assert Limit.objects.filter(code=limit.code).count() == 2
        assert Limit.objects.filter(code=limit.code, valid_to=None).count() == 1


def test_a_code_is_given_once(committed_db):
    plant = world()
    for number in range(ROUNDS):
        answers = at_once(
            lambda n=number: create(plant, f"LIMIT-{n}"),
            lambda n=number: create(plant, f"LIMIT-{n}", by="administrator"),
        )

        [sentence] = refused(answers)
        assert "is a limit already" in sentence
        assert Limit.objects.filter(code=f"LIMIT-{number}").count() == 1
