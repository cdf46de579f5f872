"""`manage.py doctor`: whether this machine is set up as it must be, line by line, with what to do."""

import datetime as dt
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from plant.management import doctor
from plant.operation import checks
from plant.operation.checks import Check, Level

WORDS = {Level.OK: "ok  ", Level.WARN: "warn", Level.FAIL: "FAIL"}


class Command(BaseCommand):
    help = "Look at settings, database, rights, servers, clocks, disk, backups and programs; exit 1 where any is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(doctor.examine(dt.datetime.now(dt.UTC)))
        wrong, to_see = (sum(check.level == level for check in found) for level in (Level.FAIL, Level.WARN))
        if options["json"]:
            told = [{"name": c.name, "level": c.level, "says": c.says, "do": c.do} for c in found]
            self.stdout.write(json.dumps({"state": checks.worst(found), "checks": told}, indent=1))
        else:
            for check in found:
                self._tell(check)
            self.stdout.write(f"{len(found)} looked at: {wrong} wrong, {to_see} to look at.")
        if wrong:
            sys.exit(1)

    def _tell(self, check: Check) -> None:
        self.stdout.write(f"{WORDS[check.level]}  {check.name}: {check.says}")
        if check.do:
            self.stdout.write(f"      -> {check.do}")
