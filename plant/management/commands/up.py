"""`manage.py up`: a whole plant on this machine. It runs before Django has settings, since it makes them."""

import json
import signal
import sys
from argparse import ArgumentTypeError
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from plant.management import environment
from plant.management.children import CannotStart
from plant.management.programs import Options, Plant, Say
from plant.management.supervisor import run, speak, temporary_plant

WALK = "plant.management.walk"
MOST_DAYS = 400
TRY_NEXT = (
    "Log in as the operator: receive two containers, open a batch, charge them, bag the black mass, close the batch.",
    "See yield, closure and the share of the annual limit appear: a worker computes them.",
    "Log in as the manager: the dashboard is at {address}/dashboard/.",
    "Dispatch a shipment as the supervisor and pull it as the partner; the API is described at {address}/api/docs/.",
    "Compare every derived figure with the ledger: python3 manage.py reconcile",
)


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise ArgumentTypeError(f"{text} is no port: choose a number from 1 to 65535, or 0 for any that is free")


def day_count(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= MOST_DAYS:
        return int(text)
    raise ArgumentTypeError(f"{text} is no number of days: choose one from 0 to {MOST_DAYS}")


class Command(BaseCommand):
    help = "Starts the whole plant on this machine: servers, web, worker, relay and beat. Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=port_number, help="the web server's port (else the first free from 8000 on)")
        parser.add_argument("--host", default="127.0.0.1", help="the address it listens at (0.0.0.0: every network)")
        parser.add_argument("--data", type=Path, metavar="DIR", help="where this plant's data are")
        parser.add_argument("--days", type=day_count, default=90, help="how many days the demo tells (default 90)")
        parser.add_argument("--no-demo", action="store_true", help="begin with an empty plant")
        parser.add_argument(
            "--check", action="store_true", help="try the whole main job on a plant that is thrown away"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        say = speak(sys.stdout)
        if options["check"]:
            sys.exit(check(say))
        data = (options["data"] or environment.default_data_folder()).absolute()
        say(f"Starting the plant of {data}")
        demo, days = not options["no_demo"], options["days"]
        wanted = Options(data=data, host=options["host"], port=options["port"], demo=demo, days=days)
        sys.exit(run(wanted, say, lambda plant: tell(plant, say)))


def tell(plant: Plant, say: Say) -> None:
    """Prints where the plant is and how to get in; the same goes to `var/demo.json`."""
    told = what_to_know(plant)
    environment.write_private(environment.var_folder() / "demo.json", json.dumps(told, indent=2, ensure_ascii=False))
    say(f"\nThe plant runs at {told['address']}")
    if told["logins"]:
        say("\n  Log in as")
    else:
        say("\n  The plant is empty. Set up its site, places and people: python3 manage.py demo --days 0")
    for login in told["logins"]:
        badge = f"  badge {login['badge']}, PIN {login['pin']}" if "badge" in login else ""
        say(f"    {login['role']:<14} {login['username']:<14} {login['password']}{badge}")
    if partner := told["partner"]:
        say(f"\n  What {partner['name']} pulls with its key\n    {partner['curl']}")
    say("\n  What to try next")
    for number, line in enumerate(told["try_next"], 1):
        say(f"    {number}. {line}")
    say("\nCtrl-C stops everything.")


def what_to_know(plant: Plant) -> dict[str, Any]:
    credentials = plant.data / "demo.json"
    demo = json.loads(credentials.read_text()) if credentials.exists() else {"logins": [], "partner": None}
    if partner := demo["partner"]:
        url = f"{plant.address}/api/v1/shipments/"
        partner["curl"] = f"curl -H 'Authorization: Bearer {partner['key']}' {url}"
    return {"address": plant.address, **demo, "try_next": [line.format(address=plant.address) for line in TRY_NEXT]}


def check(say: Say) -> int:
    """The whole main job over HTTP against a plant of its own; 0, or 1 after naming the step that failed."""
    if find_spec(WALK) is None:
        say(f"There is nothing to walk through: {WALK} is missing.")
        return 1
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))  # unwinds, and so cleans up
    try:
        with temporary_plant() as plant:
            say(f"A plant of its own answers at {plant.address}.")
            walk = import_module(WALK).walk
            walk(plant.address, plant.demo["logins"], plant.demo["partner"]["key"], plant.env, say)
    except CannotStart as problem:
        say(str(problem))
        return 1
    return 0
