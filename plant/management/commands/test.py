"""`manage.py test`: every check and every test, on a machine that has nothing but Python; arguments go to pytest."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from plant.management import embedded
from plant.management.environment import BASE

NOT_REAL = {
    "DJANGO_SETTINGS_MODULE": "plant.settings",
    "SECRET_KEY": "a key for checks only: it is long enough and guards nothing",
    "API_KEY_PEPPER": "a pepper for checks only: long enough as well",
    "ALLOWED_HOSTS": "localhost",
}


class Command(BaseCommand):
    help = "Runs all checks and tests; with arguments, pytest on just those (for example tests/intake)."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Everything after `test` is pytest's, options too."""
        sys.exit(run(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(run([]))


def run(arguments: list[str]) -> int:
    """The exit code: 0 when everything passed. A check that fails does not keep the next from running."""
    began = time.monotonic()
    steps = {} if arguments else checks()
    steps["pytest"] = pytest_command(arguments)
    with embedded.running(Path(tempfile.mkdtemp(prefix="blackmass-test-"))) as (postgres, valkey):
        env = environment(postgres, valkey)
        failed = [name for name, command in steps.items() if not passes(name, command, env)]
    print(f"\n{len(steps) - len(failed)} of {len(steps)} steps passed in {time.monotonic() - began:.0f} s.")
    if failed:
        print(f"Failed: {', '.join(failed)}. Each says why above.")
    return 1 if failed else 0


def pytest_command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *(arguments or ["-n", "2", "--dist", "loadgroup"])]


def checks() -> dict[str, list[str]]:
    """Each check by its name. `python -m`: scripts in `.venv/bin` break when the folder moves (djade is no script)."""
    python, manage = sys.executable, str(BASE / "manage.py")
    djade = str(Path(sys.prefix) / "bin" / "djade")
    templates = sorted(
        str(path.relative_to(BASE)) for path in BASE.glob("**/templates/**/*.html") if ".venv" not in str(path)
    )
    lint_imports = "from importlinter.cli import lint_imports_command as run; run()"
    return {
        "ruff check": [python, "-m", "ruff", "check", "--quiet"],
        "ruff format": [python, "-m", "ruff", "format", "--check", "--quiet"],
        "djade": [djade, "--check", *templates],
        "mypy": [python, "-m", "mypy"],
        "lint-imports": [python, "-c", lint_imports],
        "manage.py check": [python, manage, "check", "--fail-level", "WARNING"],
        "makemigrations": [python, manage, "makemigrations", "--check", "--dry-run"],
    }


def environment(postgres: embedded.Postgres, valkey: embedded.Valkey) -> dict[str, str]:
    return {
        **os.environ,
        **NOT_REAL,
        "PLANT_NO_VENV": "1",
        "PLANT_TEST_POSTGRES": str(postgres.sockets),
        "PLANT_TEST_REDIS_URL": valkey.url,
        "DATABASE_URL": postgres.url(embedded.APPLICATION),
        "DATABASE_OWNER_URL": postgres.url(embedded.OWNER),
        "REDIS_URL": valkey.url,
    }


def passes(name: str, command: list[str], env: dict[str, str]) -> bool:
    """Runs one step; a check speaks only when it fails, pytest shows its progress."""
    began = time.monotonic()
    quiet = name != "pytest"
    print(f"{name} ...", end=" " if quiet else "\n", flush=True)
    if not quiet:  # tests read the settings when their own database is known
        env = {key: value for key, value in env.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=BASE, env=env, capture_output=quiet, text=True, check=False)
    passed = done.returncode == 0
    if quiet:
        print(f"{'ok' if passed else 'FAILED'} ({time.monotonic() - began:.1f} s)")
        print("" if passed else f"{done.stdout}{done.stderr}", end="", flush=True)
    return passed
