"""The settings of a plant that `manage.py up` runs in this folder, so that other commands find it.

`up` writes `var/env` (readable by its user only). A command that finds no DATABASE_URL in its environment takes all of
it from there: `python3 manage.py reconcile` then talks to the plant that runs here. Shell: `set -a; . var/env`.
"""

import hashlib
import json
import os
import secrets
import shlex
import sys
from pathlib import Path

from plant.management.children import CannotStart

BASE = Path(__file__).resolve().parents[2]
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def var_folder() -> Path:
    """Where this checkout keeps what belongs to it alone; PLANT_VAR names another place."""
    return Path(os.environ.get("PLANT_VAR") or BASE / "var")


def default_data_folder() -> Path:
    """Below the checkout; for root outside any home, since its servers' unprivileged user could not enter one."""
    if os.geteuid() == 0:
        return Path("/var/lib") / f"blackmass-{hashlib.sha256(bytes(BASE)).hexdigest()[:10]}"
    return var_folder() / "data"


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step; nobody else can read it at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def write(path: Path, values: dict[str, str]) -> None:
    write_private(path, "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))


def read(path: Path) -> dict[str, str]:
    pairs = (shlex.split(line)[0].partition("=") for line in path.read_text().splitlines() if line)
    return {name: value for name, _, value in pairs}


def fill() -> bool:
    """Completes the environment from `var/env` where nothing was given; whether it did."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plant.settings")
    if "DATABASE_URL" in os.environ:
        return False
    path = var_folder() / "env"
    if not path.exists():
        sys.exit(
            "No settings. `python3 manage.py up` starts a plant on this machine and makes them; on a server set those "
            "named at the top of plant/settings.py. `python3 manage.py test` runs the tests."
        )
    for name, value in read(path).items():
        os.environ.setdefault(name, value)
    return True


def secrets_of(data: Path) -> dict[str, str]:
    """What a plant keeps to itself, made once: its keys live as long as its data."""
    path = data / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    names = ("SECRET_KEY", "API_KEY_PEPPER", "VALKEY_PASSWORD")
    if missing := [name for name in names if name not in kept]:
        kept |= {name: secrets.token_urlsafe(48) for name in missing}
        write_private(path, json.dumps(kept, indent=1))
    return kept


def given_servers() -> dict[str, str]:
    """The addresses of servers that run elsewhere: all three, or none."""
    given = {name: os.environ[name] for name in SERVERS if os.environ.get(name)}
    if given and len(given) < len(SERVERS):
        missing = " and ".join(name for name in SERVERS if name not in given)
        raise CannotStart(f"{' and '.join(given)} is set, {missing} is not. Set all three addresses, or none.")
    return given


def fingerprint_of_static_files() -> str:
    """Changes when a file of ours, a package or our settings change."""
    ours = [path for pattern in ("*/static", "*/*/static") for path in BASE.glob(f"{pattern}/**/*")]
    seen = hashlib.sha256((BASE / "requirements.lock").read_bytes() + (BASE / "plant/settings.py").read_bytes())
    for path in sorted(ours):
        told = path.stat()
        seen.update(f"{path}:{told.st_size}:{told.st_mtime_ns}".encode())
    return seen.hexdigest()
