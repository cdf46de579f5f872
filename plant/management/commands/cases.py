"""`manage.py cases FILE...`: acceptance cases through services and workers, in a scratch plant that is gone after."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import django
from django.core.management.base import BaseCommand

from plant.management import environment
from plant.management.children import CannotStart
from plant.management.supervisor import temporary_plant


class Command(BaseCommand):
    help = "Enter acceptance cases through services and workers and compare yield and closure."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON with a list “cases”")
        parser.add_argument("--here", action="store_true", help="enter them into this database: for scratch plants")

    def handle(self, *args: Any, files: list[Path], here: bool, **options: Any) -> None:
        sys.exit(self._judge(files) if here else self._in_scratch_plant(files))

    def _in_scratch_plant(self, files: list[Path]) -> int:
        """PostgreSQL, Valkey, relay and worker of its own in a folder that is removed: nothing is left behind."""
        command = [sys.executable, str(environment.BASE / "manage.py"), "cases", "--here"]
        try:
            with temporary_plant(demo=False) as plant:
                return subprocess.call([*command, *(str(file.resolve()) for file in files)], env=plant.env)
        except CannotStart as problem:
            self.stderr.write(str(problem))
            return 1

    def _judge(self, files: list[Path]) -> int:
        django.setup()
        from plant.demo import site
        from plant.management import cases
        from plant.web import now

        try:
            found = [case for file in files for case in cases.read(file)]
            plant = site.build(passwords={name: "unused in a scratch plant" for name, *_ in site.PEOPLE})
            desk = cases.Desk(plant, now=now)
            verdicts = [self._tell(desk.judge(case)) for case in found]
        except cases.BadCase as problem:
            self.stderr.write(str(problem))
            return 1
        wrong = [verdict.case for verdict in verdicts if not verdict.is_right]
        self.stdout.write(f"{len(verdicts) - len(wrong)} of {len(verdicts)} cases within tolerance.")
        if wrong:
            self.stdout.write(f"Outside: {', '.join(wrong)}.")
        return 1 if wrong else 0

    def _tell(self, verdict: Any) -> Any:
        self.stdout.write(verdict.case)
        for line in (*verdict.lines, *(f"  {remark}" for remark in verdict.remarks)):
            self.stdout.write(str(line))
        return verdict
