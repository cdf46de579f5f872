"""`manage.py alive NAME`: whether a program of the plant is at work, for a container's health check. Needs no more than
DATABASE_URL, so that it is quick."""

import os
import sys
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandParser

from plant.management import watchdog
from plant.operation import pulses

PROGRAMS = (pulses.RELAY, pulses.BEAT, pulses.WORKER)


class Command(BaseCommand):
    help = "Say whether a program is at work; exit 1 where it is not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("program", choices=PROGRAMS)

    def handle(self, *args: Any, **options: Any) -> None:
        program, url = options["program"], os.environ.get("DATABASE_URL", "")
        if not url:
            sys.exit("DATABASE_URL is not set.")
        try:
            there = watchdog.look(url)
        except psycopg.Error as problem:
            sys.exit(f"The database does not answer: {str(problem).partition(chr(10))[0]}")
        if fault := fault_of(program, there):
            sys.exit(fault)
        self.stdout.write(f"The {program} is at work.")


def fault_of(program: str, there: dict[str, pulses.Heard]) -> str:
    """A sentence, or "". A worker is judged by what it owes: one that nobody asks may be silent."""
    if program == pulses.WORKER:
        return "The workers do not answer the canary." if pulses.is_deaf(there) else ""
    if pulses.is_silent(there, program):
        last = f"was last heard {there[program].ago:.0f} s ago" if program in there else "was never heard"
        return f"The {program} {last}."
    return ""
