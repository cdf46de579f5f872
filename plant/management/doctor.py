"""What a drill proves of the plant holds on this machine only where it is set up as the drill's was: looks at that.

Every line says how something is and what to do; none shows a secret.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import DatabaseError, connection

from plant.management import clients, contents, preflight, restoring
from plant.management.binaries import POSTGRES_MAJOR
from plant.operation import checks, reading
from plant.operation.checks import Check, Level

MUST_BE_ON = {
    "fsync": "a power cut would lose or spoil what was saved",
    "synchronous_commit": "a power cut would lose what people were told is saved",
    "full_page_writes": "a power cut would spoil pages of the database",
}
OLDEST_VALKEY = 8


def examine(at: dt.datetime) -> Iterator[Check]:
    """Everything, in the order in which one would mend it."""
    yield from of_settings()
    try:
        yield from of_server()
        if missing := reading.unmigrated():
            yield checks.tables(missing)
            return
        yield from of_roles()
        yield from checks.machine(reading.read(at))
        yield from of_zones()
        yield from of_clients()
        yield from of_valkey()
        there = reading.read(at)
        for part in (checks.programs, checks.facts, checks.runs):
            yield from part(there)
    except (DatabaseError, psycopg.Error) as problem:
        says = f"It does not answer as {_role()}: {str(problem).partition(chr(10))[0].strip()}."
        yield Check("Database", Level.FAIL, says, "Start PostgreSQL, or mend DATABASE_URL.")


def of_settings() -> Iterator[Check]:
    """That they are there and well-formed was looked at when this program started."""
    yield Check("Settings", Level.OK, "All that are needed are there and well-formed.")
    if not settings.HTTPS:
        do = "Put a proxy that speaks HTTPS in front and unset PLANT_HTTPS, unless only this machine can reach it."
        yield Check("HTTPS", Level.WARN, "PLANT_HTTPS is false: passwords travel in the clear.", do)
    if not settings.DATABASE_OWNER_URL:
        says = "DATABASE_OWNER_URL is not set, so migrate and restore-test cannot run from here."
        yield Check("Owner", Level.WARN, says, "Set it where you run those, and nowhere else.")
    if not settings.BACKUP_DIR:
        says = "PLANT_BACKUP_DIR is not set, so nothing is backed up by itself."
        yield Check("Nightly backup", Level.WARN, says, "Set it to a folder on another disk, for all programs.")


def of_server() -> Iterator[Check]:
    """PostgreSQL's release, and that what it says is saved is saved."""
    version = str(_one("SHOW server_version"))
    major = int(version.split(".")[0])
    if major == POSTGRES_MAJOR:
        yield Check("PostgreSQL", Level.OK, f"It is {version}.")
    else:
        level = Level.FAIL if major < POSTGRES_MAJOR else Level.WARN
        do = f"Move the data to PostgreSQL {POSTGRES_MAJOR} (docs/operation.md)."
        yield Check("PostgreSQL", level, f"It is {version}; this release is tested on {POSTGRES_MAJOR}.", do)
    for name, danger in MUST_BE_ON.items():
        value = str(_one(f"SHOW {name}"))
        is_on = value in ("on", "remote_write", "remote_apply")
        do = "" if is_on else f"As its superuser: ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();"
        says = f"It is {value}." if is_on else f"It is {value}: {danger}."
        yield Check(name, Level.OK if is_on else Level.FAIL, says, do)
    has_checksums = _one("SHOW data_checksums") == "on"
    says = "They are on." if has_checksums else "They are off: a disk that spoils a page is not noticed."
    do = "" if has_checksums else "Stop PostgreSQL, run pg_checksums --enable, start it again."
    yield Check("Data checksums", Level.OK if has_checksums else Level.WARN, says, do)


def of_roles() -> Iterator[Check]:
    """The application's role may add to the ledger and change nothing in it; the triggers refuse everybody else."""
    role, do = _role(), "Run: python3 manage.py migrate (as DATABASE_OWNER_URL). It gives exactly the rights needed."
    rights = (
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    owned = (
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(current_user, tableowner, 'USAGE')"
    )
    if _one(rights) or _one(owned):
        says = f"{role} is a superuser, may make roles or databases, or owns tables: it could change the ledger."
        yield Check(
            "Role", Level.FAIL, says, "Give DATABASE_URL a role of its own that owns nothing (docs/operation.md)."
        )
        return
    yield Check("Role", Level.OK, f"{role} owns nothing and has no special rights.")
    connection.ensure_connection()
    faults = restoring.unguarded(connection.connection, role)
    if faults:
        more = f", and {len(faults) - 5} more" if len(faults) > 5 else ""
        yield Check("Ledger's guards", Level.FAIL, f"{'; '.join(faults[:5])}{more}.", do)
    else:
        count = len(contents.triggers(connection.connection))
        yield Check("Ledger's guards", Level.OK, f"Grants are right, and {count} triggers are at work.")


def of_zones() -> Iterator[Check]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, timezone FROM plant_site ORDER BY code")
        sites = cursor.fetchall()
    unknown = [f"{code} ({zone})" for code, zone in sites if not preflight.is_zone(zone)]
    if unknown:
        says = f"The time zone of {', '.join(unknown)} is not known here."
        yield Check("Time zones", Level.FAIL, says, "Install tzdata, or mend the site's zone.")
    else:
        yield Check("Time zones", Level.OK, ", ".join(f"{code}: {zone}" for code, zone in sites) or "There is no site.")


def of_clients() -> Iterator[Check]:
    """A pg_dump that does not fit the server is found before the night in which it is needed."""
    try:
        for program in ("pg_dump", "pg_restore"):
            clients.check_release(program, int(_one("SHOW server_version_num")))
    except clients.BadBackup as problem:
        yield Check("pg_dump", Level.FAIL, f"{problem}.", "No backup can be made until then.")
    else:
        yield Check("pg_dump", Level.OK, "It is of the server's release.")


def of_valkey() -> Iterator[Check]:
    do = "Start it with: appendonly yes, appendfsync everysec, maxmemory-policy noeviction."
    try:
        told: Any = redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).info()
    except (redis.RedisError, OSError) as problem:
        says = f"It does not answer ({type(problem).__name__}). Pages go on, and the relay computes the figures."
        yield Check("Valkey's settings", Level.FAIL, says, "Start it, or mend REDIS_URL.")
        return
    version = str(told.get("valkey_version") or told.get("redis_version", "?"))
    faults = [
        *(["appendonly is off"] if not told.get("aof_enabled") else []),
        *(
            [f"maxmemory-policy is {told.get('maxmemory_policy')}"]
            if told.get("maxmemory_policy") != "noeviction"
            else []
        ),
        *([f"it is {version}, older than {OLDEST_VALKEY}"] if not _at_least(version, OLDEST_VALKEY) else []),
    ]
    if faults:
        yield Check("Valkey's settings", Level.WARN, f"{'; '.join(faults)}: work may come late after a crash.", do)
    else:
        yield Check("Valkey's settings", Level.OK, f"It is {version}, keeps a log and drops nothing.")


def _at_least(version: str, major: int) -> bool:
    first = version.split(".")[0]
    return first.isdigit() and int(first) >= major


def _one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def _role() -> str:
    return str(connection.settings_dict["USER"])
