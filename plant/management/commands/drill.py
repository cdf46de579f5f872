"""`manage.py drill NAME`: breaks a plant of its own on purpose and sees whether every figure ends right."""

import subprocess
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from plant.management.browsing import Unexpected
from plant.management.children import CannotStart
from plant.management.drilling import ALSO_CALLED, DRILLS
from plant.management.drilling.ground import Task, Wrong, scratch_plant
from plant.management.programs import Say
from plant.management.supervisor import RunningPlant, speak

PROVES_NOTHING = 2
"""The exit code where the guard was away and nobody noticed."""


class Command(BaseCommand):
    help = "Break a throw-away plant on purpose; exit 1 where a figure ends wrong. With --control it must."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        told = "; ".join(f"{name}: {' '.join((drill.run.__doc__ or '').split())}" for name, drill in DRILLS.items())
        parser.add_argument(
            "names", nargs="+", choices=[*DRILLS, *ALSO_CALLED, "all"], metavar="NAME", help=f"all; {told}"
        )
        parser.add_argument("--control", action="store_true", help="take the guard away: the drill must then fail")
        parser.add_argument("--quick", action="store_true", help="the short form")
        parser.add_argument("--rounds", type=int, help="how many rounds, if not the usual number")

    def handle(
        self, *args: Any, names: list[str], control: bool, quick: bool, rounds: int | None, **options: Any
    ) -> None:
        say = speak(sys.stdout)
        if "all" in names:
            sys.exit(one_after_the_other(say, [*(["--control"] * control), *(["--quick"] * quick)]))
        drills = {name: DRILLS[name] for name in (ALSO_CALLED.get(name, name) for name in names)}
        if len(drills) > 1 and not all(drill.is_gentle for drill in drills.values()):
            sys.exit("These drills break their plant: run each by itself, or all of them with `drill all`.")
        codes = []
        try:
            with scratch_plant(demo=any(drill.demo for drill in drills.values())) as plant:
                for name, drill in drills.items():
                    many = rounds or (drill.quick if quick else drill.rounds)
                    codes.append(run(name, plant, many, control, say))
        except CannotStart as problem:
            sys.exit(str(problem))
        sys.exit(max(codes))


def run(name: str, plant: RunningPlant, rounds: int, control: bool, say: Say) -> int:
    """One drill: its figures in a line, and the exit code."""
    began = time.monotonic()
    say(f"{name}{', its guard taken away' if control else ''}: {rounds} rounds ...")
    try:
        outcome = DRILLS[name].run(Task(plant, rounds, control, say))
        figures, wrong = outcome.figures, list(outcome.wrong)
    except (Wrong, CannotStart, Unexpected) as problem:
        figures, wrong = "", [str(problem)]
    for what in wrong:
        say(f"  {what}")
    verdict = "RED" if wrong else "GREEN"
    expected = control and (", as it must be without its guard" if wrong else ": it proves nothing")
    say(f"{verdict}{expected or ''} {name}: {'; '.join([*wrong[:1], figures])} ({time.monotonic() - began:.0f} s)")
    return 1 if wrong else PROVES_NOTHING * control


def one_after_the_other(say: Say, options: list[str]) -> int:
    """Every drill in a plant of its own, one line each; the worst exit code."""
    codes = []
    for name in DRILLS:
        command = [sys.executable, sys.argv[0], "drill", name, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        codes.append(done.returncode)
        lines = (done.stdout + done.stderr).strip().splitlines()
        say(lines[-1] if lines else f"{name} said nothing")
    return max(codes)
