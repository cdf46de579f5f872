"""Drills: a whole plant of its own, something breaks or many press at once, and every figure must end right.

A drill with its guard taken away (`--control`) must fail, else it proves nothing. Drills run before Django has
settings, since the plant they start makes them: what needs the plant's models is imported when it is there.
"""

from plant.management.drilling.conservation import conservation
from plant.management.drilling.deadlock import deadlock
from plant.management.drilling.deaf import deaf
from plant.management.drilling.double_submit import double_submit
from plant.management.drilling.ground import Drill
from plant.management.drilling.kill import kill
from plant.management.drilling.overdraw import overdraw
from plant.management.drilling.recompute import STRIKES, recompute
from plant.management.drilling.reload import reload
from plant.management.drilling.restore import restore
from plant.management.drilling.valkey_off import valkey_off

DRILLS = {
    "overdraw": Drill(overdraw, rounds=1_000, quick=12, is_gentle=True),
    "double-submit": Drill(double_submit, rounds=500, quick=6, is_gentle=True),
    "deadlock": Drill(deadlock, rounds=1_500, quick=30, is_gentle=True),
    "conservation": Drill(conservation, rounds=4_000, quick=200),
    "kill": Drill(kill, rounds=25, quick=1),
    "recompute": Drill(recompute, rounds=len(STRIKES), quick=2),
    "redis-off": Drill(valkey_off, rounds=600, quick=10, demo=True),
    "restore": Drill(restore, rounds=3, quick=1),
    "deaf": Drill(deaf, rounds=3, quick=1),
    "reload": Drill(reload, rounds=20, quick=3),
}
"""In the order in which `drill all` runs them."""
ALSO_CALLED = {"valkey-off": "redis-off"}
