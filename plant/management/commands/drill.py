"""`manage.py drill NAME`: breaks a plant of its own on purpose and sees whether every figure ends right."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from plant.management import drills, valkey_off
from plant.management.children import CannotStart
from plant.management.supervisor import speak

DRILLS = {"recompute": drills.recompute, "valkey-off": valkey_off.valkey_off}


class Command(BaseCommand):
    help = "Break a throw-away plant on purpose; exit 1 where a figure ends wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=DRILLS, help="; ".join(f"{n}: {d.__doc__}" for n, d in DRILLS.items()))
        parser.add_argument("--control", action="store_true", help="take the guard away: the drill must then fail")
        parser.add_argument("--quick", action="store_true", help="the short form, as the tests run it")

    def handle(self, *args: Any, name: str, control: bool, quick: bool, **options: Any) -> None:
        say = speak(sys.stdout)
        say(f"Drill {name}{', its guard taken away' if control else ''}: a plant is started ...")
        try:
            DRILLS[name](say, control=control, quick=quick)
        except (drills.Wrong, CannotStart) as problem:
            say(f"RED: {problem}")
            sys.exit(1)
        say("GREEN")
