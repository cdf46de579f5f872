"""`manage.py bench [NAME]`: measures a throw-away plant against a limit that it builds itself."""

import datetime as dt
import json
import os
import platform
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from plant.management import environment
from plant.management.children import CannotStart
from plant.management.drilling.ground import Wrong, scratch_plant
from plant.management.programs import Say
from plant.management.supervisor import speak

NAMES = (
    "receive",
    "detail",
    "list",
    "shipments_page",
    "shipments_pull",
    "dashboard",
    "trace",
    "recompute_all",
    "cold_start",
)
HEAD = ("figure", "ours", "limit", "ratio", "budget", "")


class Command(BaseCommand):
    help = "Measure the plant against a bare limit on the same rows; exit 1 where a budget does not hold."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="*", metavar="NAME", help=f"which figures: {', '.join(NAMES)} (default: all)")
        parser.add_argument("--years", type=int, default=1, help="years of history to measure on (default 1)")
        parser.add_argument("--json", type=Path, help="where the figures go (default: var/bench.json)")

    def handle(self, *args: Any, name: list[str], years: int, json: Path | None, **options: Any) -> None:
        if unknown := set(name) - set(NAMES):
            sys.exit(f"There is no figure called {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}")
        say = speak(sys.stdout)
        try:
            found = list(measure(name or list(NAMES), years, say))
        except (Wrong, CannotStart) as problem:
            say(str(problem))
            sys.exit(1)
        write(json or environment.var_folder() / "bench.json", found, years)
        over = [figure.name for figure in found if not figure.holds]
        say(f"Over budget: {', '.join(over)}." if over else "Every budget holds.")
        sys.exit(1 if over else 0)


def measure(names: list[str], years: int, say: Say) -> Iterator[Any]:
    """The figures, each said as soon as it is there."""
    os.environ["API_CALLS_PER_MINUTE"] = "100000000"
    say(f"{years} years of history, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
    if inside := [name for name in names if name != "cold_start"]:
        with scratch_plant() as plant:
            floor_ = import_module("bench.floor")
            with floor_.limit_server(plant) as bare:
                floor = floor_.Floor(plant, years, bare)
                floor_.fill(floor, say, flat="dashboard" in names)
                say(line(HEAD))
                for name in inside:
                    for figure in import_module("bench.figures").FIGURES[name](floor):
                        say(line(row(figure)))
                        yield figure
    if "cold_start" in names:
        with tempfile.TemporaryDirectory(prefix="blackmass-", ignore_cleanup_errors=True) as folder:
            figure = import_module("bench.starting").figure(Path(folder))
            say(line(row(figure)))
            yield figure


def row(figure: Any) -> tuple[str, ...]:
    shown = import_module("bench.measuring").shown
    times = [f"{value:.2f}" if figure.unit == "x" else shown(value) for value in (figure.ours, figure.limit)]
    ratio = f"{figure.ratio:.2f}x" if figure.ratio is not None else ""
    statements = f" ({figure.more['statements']} statements)" if "statements" in figure.more else ""
    return figure.name, *times, ratio, figure.budget, ("ok" if figure.holds else "OVER") + statements


def line(cells: tuple[str, ...]) -> str:
    name, ours, limit, ratio, budget, verdict = cells
    return f"  {name:<16} {ours:>10} {limit:>10} {ratio:>8}   {budget:<24} {verdict}"


def write(path: Path, found: list[Any], years: int) -> None:
    told = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": os.getloadavg(),
        "years": years,
        "figures": [asdict(figure) for figure in found],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1) + "\n")
