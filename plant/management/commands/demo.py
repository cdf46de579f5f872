"""`manage.py demo`: a believable plant to try things on; once per database. `--days 0` sets it up without any stock."""

import datetime as dt
import gc
import json
import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from plant import recompute
from plant.api import services as api
from plant.demo import services, site, story
from plant.management.commands.up import day_count
from plant.management.environment import write_private
from plant.models import Site
from plant.web import now as clock


@contextmanager
def one_transaction() -> Iterator[None]:
    """All of the story or nothing, so that a load that was interrupted can be begun again.

    Nothing in it is undone by halves, so the services' own savepoints are left out (a third of all statements); joins
    are planned in the order they are written, and garbage is collected rarely. Together this saves a third of the time.
    """
    gc.freeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    connection.features.uses_savepoints = False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL join_collapse_limit = 1")
            cursor.execute("SET LOCAL from_collapse_limit = 1")
            yield
    finally:
        connection.features.uses_savepoints = True
        gc.set_threshold(*thresholds)


def know_the_tables() -> None:
    """PostgreSQL would look at the new tables within a minute; until then it takes them for empty, and plans so."""
    if settings.DATABASE_OWNER_URL:
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
            owner.execute("ANALYZE")


class Command(BaseCommand):
    help = "Load a demo plant: the site, its work of so many days until now, one login per role, a partner's key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--credentials", type=Path, help="write logins and the partner's key to this file (0600)")
        parser.add_argument("--days", type=day_count, default=90, help="how many days of work (default 90; 0 for none)")
        parser.add_argument("--printer-port", type=int, default=9100, help="where the demo's label printers listen")
        parser.add_argument("--seed", type=int, default=2026, help="another seed, another plant (default 2026)")

    def handle(
        self, *args: Any, credentials: Path | None, days: int, seed: int, printer_port: int, **options: Any
    ) -> None:
        if Site.objects.exists():
            raise CommandError("There is a plant in this database already. Load the demo into an empty one.")
        now = clock()
        passwords = {name: f"{name}-{secrets.token_hex(4)}" for name, *_ in site.PEOPLE}
        say = self.stdout.write if credentials else self.stderr.write
        with one_transaction():
            plant = site.build(passwords=passwords, printer_port=printer_port)
            begins = plant.site.day(now) - dt.timedelta(days=days)
            site.set_limits(plant, year=begins.year, begins=begins if days else None)
            story.tell(plant, now=now, days=days, seed=seed, say=say)
            _key, secret = api.create_key(
                party=plant.parties["POST1"], name="demo", by=plant.users["administrator"], at=now
            )
            services.mark(site=plant.site, days=days, seed=seed, at=clock())
        if days:
            say("computing yields and utilization")
            know_the_tables()
        recompute.drain(clock())
        self._tell(passwords, plant.parties["POST1"].name, secret, credentials)

    def _tell(self, passwords: dict[str, str], partner: str, secret: str, credentials: Path | None) -> None:
        told = {
            "logins": [
                {"role": str(role), "username": name, "password": passwords[name], **site.badge_and_pin(name)}
                for name, _title, role, _party in site.PEOPLE
                if name != "operator2"
            ],
            "partner": {"name": partner, "key": secret},
        }
        if credentials is None:
            self.stdout.write(json.dumps(told, indent=1))
        else:
            write_private(credentials, json.dumps(told, indent=1))
