"""Backups: a folder each, with the dump and a manifest that says what is in it. A folder is there whole or not at all.

DIR/plant-20261123T031500Z/plant.dump        pg_dump's custom format
DIR/plant-20261123T031500Z/manifest.json     when, of what, rows and hash of every table, SHA-256 of the dump
"""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

import plant
from plant.management import clients, contents
from plant.management.clients import BadBackup
from plant.management.contents import Connection, Contents

DUMP, MANIFEST = "plant.dump", "manifest.json"
NAME = re.compile(r"plant-\d{8}T\d{6}Z")
LOCK = "SELECT pg_try_advisory_lock(hashtextextended('plant backup', 0))"


@dataclass(frozen=True)
class Backup:
    """One backup in its folder."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def dump(self) -> Path:
        return self.folder / DUMP

    @property
    def contents(self) -> Contents:
        return Contents.from_json(self.manifest["contents"])

    def told(self) -> dict[str, Any]:
        """What the database remembers of it."""
        dump, held = self.manifest["dump"], self.manifest["contents"]
        return {"name": self.folder.name, **dump, "rows": held["rows"], "content_sha256": held["sha256"]}


def back_up(url: str, directory: Path, *, now: dt.datetime, keep: int) -> Backup:
    """Backs the database of `url` up into `directory` and removes the oldest beyond `keep`.

    Raises `BadBackup`, and then nothing is left of it.
    """
    name = f"plant-{now:%Y%m%dT%H%M%SZ}"
    fresh = directory / f".{name}.part"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contents.snapshot(url) as connection:
            _only_one(connection)
            _sweep(directory)
            if (directory / name).exists():
                raise BadBackup(f"{directory / name} is there already")
            fresh.mkdir(mode=0o700)
            manifest = _dump(connection, url, fresh, now)
        _write(fresh / MANIFEST, json.dumps(manifest, indent=1).encode())
        _sync(fresh)
        fresh.rename(directory / name)
        _sync(directory)
    except psycopg.Error as problem:
        raise BadBackup(f"The database cannot be read: {str(problem).partition(chr(10))[0].strip()}") from problem
    except OSError as problem:
        raise BadBackup(f"{problem.filename or directory} cannot be written: {problem.strerror}") from problem
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    for old in complete(directory)[: -max(keep, 1)]:
        shutil.rmtree(old)
    return Backup(directory / name, manifest)


def _only_one(connection: Connection) -> None:
    row = connection.execute(LOCK).fetchone()
    if not (row and row[0]):
        raise BadBackup("Another backup of this database is under way")
    connection.rollback()  # the lock stays; the snapshot is taken after it


def _sweep(directory: Path) -> None:
    """What a killed backup left; it cannot be at work, since the lock is ours."""
    for left in directory.glob(".plant-*.part"):
        shutil.rmtree(left)


def _dump(connection: Connection, url: str, fresh: Path, now: dt.datetime) -> dict[str, Any]:
    version = connection.info.server_version
    clients.check_release("pg_dump", version)
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    options = ("--format=custom", f"--snapshot={row[0]}", "--lock-wait-timeout=30s")
    dump, counted = fresh / DUMP, contents.sequences(connection)
    clients.run("pg_dump", url, *options, f"--file={dump}")
    held = contents.read(connection, counted)
    _verify(dump, held)
    with dump.open("rb") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "blackmass": plant.VERSION,
        "database": connection.info.dbname,
        "postgresql": version,
        "pg_dump": clients.major_of("pg_dump"),
        "dump": {"bytes": dump.stat().st_size, "sha256": sha256},
        "contents": held.as_json(),
    }


def _verify(dump: Path, held: Contents) -> None:
    """Reads the whole dump as a restore would; every table of the database must be in it."""
    if not held.tables:
        raise BadBackup("The database has no tables, so there is nothing to back up. Is DATABASE_URL right?")
    listing = dump.with_name("list")
    clients.run("pg_restore", None, "--list", f"--file={listing}", dump)
    there = set(re.findall(r"^\d+; \d+ \d+ TABLE DATA public (\S+) ", listing.read_text(), re.MULTILINE))
    listing.unlink()
    if missing := held.tables.keys() - there:
        raise BadBackup(f"{len(missing)} tables are not in the dump, such as {min(missing)}")
    clients.run("pg_restore", None, f"--file={os.devnull}", dump)


def complete(directory: Path) -> list[Path]:
    """The folders of all backups, the oldest first."""
    return sorted(place for place in directory.glob("plant-*") if NAME.fullmatch(place.name) and _has_manifest(place))


def _has_manifest(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def find(place: Path) -> Backup:
    """The newest backup below a folder, that in a folder, or that of a dump. Raises `BadBackup`."""
    folder = place.parent if place.is_file() else place
    if not folder.exists():
        raise BadBackup(f"{place} does not exist")
    if not _has_manifest(folder):
        all_there = complete(folder)
        if not all_there:
            raise BadBackup(f"There is no backup in {folder}: no {MANIFEST} is there, and no folder with one")
        folder = all_there[-1]
    try:
        backup = Backup(folder, json.loads((folder / MANIFEST).read_text()))
        _check_file(backup)
    except (ValueError, KeyError, TypeError) as problem:
        raise BadBackup(f"{folder / MANIFEST} was changed or cut off: it cannot be read") from problem
    return backup


def _check_file(backup: Backup) -> None:
    """The dump is, byte for byte, the one that was written, and its manifest holds together."""
    dump, told = backup.dump, backup.manifest["dump"]
    if not dump.is_file():
        raise BadBackup(f"{dump} is missing")
    if (size := dump.stat().st_size) != told["bytes"]:
        raise BadBackup(f"{dump} is not whole: {size:,} of {told['bytes']:,} bytes are there. Take another backup")
    with dump.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != told["sha256"]:
            raise BadBackup(f"{dump} was changed since it was written: its SHA-256 is another. Take another backup")
    if backup.contents.sha256 != backup.manifest["contents"]["sha256"]:
        raise BadBackup(f"{backup.folder / MANIFEST} was changed since it was written. Take another backup")


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """A rename survives a power cut only when its folder was written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
