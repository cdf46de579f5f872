"""Where figures are measured: a plant that is thrown away, with years in it, and the limit's server beside it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from django.db import transaction

from bench.history import A_DAY, History, Years
from bench.measuring import Client
from plant import recompute
from plant.api import services as api
from plant.demo import site
from plant.inventory.models import DailyFlow, Movement
from plant.limits.models import Utilization
from plant.management import addresses, environment
from plant.management.drilling.ground import Wrong, superuser, until
from plant.management.drilling.load import Browser
from plant.management.programs import Say
from plant.management.supervisor import RunningPlant
from plant.recompute.models import Mark
from plant.web import now
from processing.models import BatchResult

PASSWORD = "password of a bench"  # of everybody
A_MONTH = 22 * A_DAY
"""Batches of the history that is there when the dashboard is measured the first time."""


@dataclass
class Floor:
    """A plant with years in it, a limit beside it, and who asks both."""

    plant: RunningPlant
    years: int
    bare: str
    """Where the limit answers."""
    dashboard_of_a_month: float = 0.0

    def __post_init__(self) -> None:
        self.built = site.build(passwords={name: PASSWORD for name, *_ in site.PEOPLE})
        site.set_limits(self.built, year=now().year - self.years)
        at = now()
        _key, self.token = api.create_key(
            party=self.built.parties["POST1"], name="bench", by=self.built.users["administrator"], at=at
        )
        self.history = Years(self.built, years=self.years, today=self.built.site.day(at))

    def tell(self, first: int, end: int) -> History:
        with superuser(self.plant) as owner:
            owner.autocommit = False
            return self.history.make(owner, first, end)

    def movements(self) -> int:
        return Movement.objects.count()

    def person(self, username: str) -> Client:
        """A kept-alive client that is logged in."""
        browser = Browser(self.plant.address)
        browser.log_in(username, PASSWORD)
        crumbs = "; ".join(f"{name}={crumb.value}" for name, crumb in browser.cookies.items())
        return Client(self.plant.address, {"Cookie": crumbs})

    def partner(self, address: str | None = None) -> Client:
        return Client(address or self.plant.address, {"Authorization": f"Bearer {self.token}"})

    def recompute(self) -> float:
        """Throws all derived rows away and has the workers compute them; how long that took."""
        with transaction.atomic():
            for model in (DailyFlow, Utilization, BatchResult):
                model._default_manager.all().delete()
            for fact in recompute.all_facts():
                if fact.keys is not None:
                    recompute.mark_all(fact.name)
        began = time.monotonic()
        if not until(lambda: not Mark.objects.exists(), 3600):
            raise Wrong("An hour later figures still wait.")
        return time.monotonic() - began


@contextmanager
def limit_server(plant: RunningPlant) -> Iterator[str]:
    """The limit's web server beside the plant's own, with as many processes and threads."""
    port = addresses.free_port()
    with superuser(plant) as owner:
        owner.execute(
            """
            CREATE TABLE IF NOT EXISTS bench_received (
                id bigserial PRIMARY KEY, site bigint, material text, owner text, seal text, gross_kg numeric(12, 3),
                tare_kg numeric(12, 3), net_kg numeric(12, 3), bay text, by bigint, at timestamptz)
            """
        )
        owner.execute("GRANT INSERT, SELECT ON bench_received TO plant_app")
        owner.execute("GRANT USAGE ON SEQUENCE bench_received_id_seq TO plant_app")
    command = [sys.executable, "-m", "gunicorn", "bench.limit:application", "--bind", f"127.0.0.1:{port}"]
    command += [
        "--workers",
        str(os.cpu_count() or 1),
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--keep-alive",
        "5",
    ]
    env = plant.env | {"BENCH_DATABASE_URL": plant.env["DATABASE_URL"]}
    with (plant.data / "limit.log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=environment.BASE, stdout=log, stderr=log)
    try:
        if not until(lambda: addresses.answers("127.0.0.1", port), 20):
            raise Wrong((plant.data / "limit.log").read_text())
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def fill(floor: Floor, say: Say, *, flat: bool) -> None:
    """The years; where asked for, the dashboard is looked at while there is but a month."""
    end = floor.history.count
    began = time.monotonic()
    parts = [(max(end - A_MONTH, 0), end), (0, max(end - A_MONTH, 0))] if flat else [(0, end)]
    for part in (part for part in parts if part[0] < part[1]):
        made = floor.tell(*part)
        say(
            f"{made.movements:,} movements in {made.batches:,} batches from {made.first_day} to {made.last_day} "
            f"after {time.monotonic() - began:.0f} s."
        )
        say(f"The workers computed their figures in {floor.recompute():.0f} s.")
        if flat and not floor.dashboard_of_a_month:
            floor.dashboard_of_a_month = import_module("bench.figures").dashboard_over_nothing(floor)
