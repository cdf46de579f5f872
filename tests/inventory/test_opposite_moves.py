"""Two people carrying the same boxes in opposite directions never deadlock, and mass stays."""

import threading
from decimal import Decimal

from django.db import connection

from plant.inventory import ledger
from plant.inventory.ledger import Move, Overdrawn
from plant.inventory.models import Holding, Movement
from tests.factories import container, minutes, world


def test_opposite_moves_of_the_same_boxes_all_end(committed_db):
    plant = world()
    boxes = [container(plant, 1000), container(plant, 1000)]
    here, there = plant.locations["A-01"], plant.locations["A-02"]
    failures = []

    def carry(order, source, target):
        try:
            for _ in range(25):
                moves = [
                    Move(Movement.Kind.MOVE, Decimal(1), box, source, box, target, Movement.HowKnown.CARRIED)
                    for box in order
                ]
                try:
                    ledger.post(moves, by=plant.users["operator"], at=minutes(1), now=minutes(1))
                except Overdrawn:
                    continue
        except BaseException as failure:  # a thread's failure is the test's
            failures.append(failure)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=carry, args=args)
        for args in ((boxes, here, there), (boxes[::-1], there, here), (boxes[::-1], here, there), (boxes, there, here))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    at_home = Holding.objects.filter(container__in=boxes, location__in=(here, there))
    assert sum(at_home.values_list("kg", flat=True)) == Decimal(2000)
