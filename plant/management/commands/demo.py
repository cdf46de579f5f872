"""`manage.py demo`: a small plant to try things on; once per database. `--days 0` sets it up without any stock."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from plant import recompute
from plant.api import services as api
from plant.demo import site, story
from plant.management.environment import write_private
from plant.models import Site
from plant.web import now as clock


class Command(BaseCommand):
    help = "Load a small demo plant: the site, two weeks of work, one login per role, a partner's key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--credentials", type=Path, help="write logins and the partner's key to this file (0600)")
        parser.add_argument("--days", type=int, default=14, help="how many days of work (default 14; 0 for none)")
        parser.add_argument("--printer-port", type=int, default=9100, help="where the demo's label printers listen")
        parser.add_argument("--seed", type=int, default=2026, help="another seed, another plant")

    def handle(
        self, *args: Any, credentials: Path | None, days: int, seed: int, printer_port: int, **options: Any
    ) -> None:
        if Site.objects.exists():
            raise CommandError("There is a plant in this database already. Load the demo into an empty one.")
        now = clock()
        passwords = {name: f"{name}-{secrets.token_hex(4)}" for name, *_ in site.PEOPLE}
        with transaction.atomic():
            plant = site.build(passwords=passwords, printer_port=printer_port)
            site.set_limits(plant, year=plant.site.day(now).year)
            story.tell(plant, now=now, days=days, seed=seed)
            _key, secret = api.create_key(
                party=plant.parties["POST1"], name="demo", by=plant.users["administrator"], at=now
            )
        recompute.drain(now)
        told = {
            "logins": [
                {"role": str(role), "username": name, "password": passwords[name], **site.badge_and_pin(name)}
                for name, _title, role, _party in site.PEOPLE
                if name != "operator2"
            ],
            "partner": {"name": plant.parties["POST1"].name, "key": secret},
        }
        if credentials is None:
            self.stdout.write(json.dumps(told, indent=1))
        else:
            write_private(credentials, json.dumps(told, indent=1))
