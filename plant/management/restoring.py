"""A backup is worth what a restore of it proves: this restores, and looks whether everything is there and guarded."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.apps import apps
from psycopg import sql

from plant.management import clients, contents
from plant.management.backups import Backup
from plant.management.clients import BadBackup
from plant.management.contents import Connection
from plant.management.environment import BASE
from plant.management.grants import append_only_tables

PREFIX = "plant_restore_test_"
LEDGER = "inventory_movement"


def at(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@contextmanager
def scratch_database(owner_url: str, app_role: str) -> Iterator[str]:
    """A new database beside the plant's, for one restore test; gone afterwards. Its name."""
    name = f"{PREFIX}{secrets.token_hex(4)}"
    names = {"name": sql.Identifier(name), "role": sql.Identifier(app_role)}
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE template0").format(**names))
        try:
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {role}").format(**names))
            yield name
        finally:
            # Not by FORCE, which may not end another role's connection; it waits 5 s for those that are just ending.
            connection.execute(sql.SQL("DROP DATABASE {name}").format(**names))


def restore(backup: Backup, owner_url: str) -> None:
    """Into an empty database, all or nothing; its rows are then, by their hash, those that were backed up."""
    with contents.snapshot(owner_url) as connection:
        clients.check_release("pg_restore", connection.info.server_version)
        if there := contents.read(connection).tables:
            raise BadBackup(
                f"The database {connection.info.dbname} is not empty: it has {len(there)} tables. "
                "Restore into a new one; nothing was changed"
            )
    options = ("--no-owner", "--no-acl", "--single-transaction", "--exit-on-error")
    clients.run("pg_restore", owner_url, *options, backup.dump)
    with contents.snapshot(owner_url) as connection:
        if differences := backup.contents.differences(contents.read(connection)):
            raise BadBackup(f"What was restored is not what was backed up: {'; '.join(differences[:3])}")


def bring_up_to_date(owner_url: str, app_url: str) -> str:
    """This release's tables and the application's rights, as at every update; then every figure is computed again and
    compared. What `reconcile` said."""
    env = {**os.environ, "DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url}
    _manage(env, "migrate", "--no-input", "--skip-checks", "--verbosity=0")
    return _manage(env, "reconcile")


def _manage(env: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, str(BASE / "manage.py"), *arguments]
    env = {**env, "PLANT_NO_VENV": "1", "LOG_LEVEL": "ERROR"}
    done = subprocess.run(command, env=env, cwd=BASE, capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    last = said[-1].strip().rstrip(".") if said else "it said nothing"
    if done.returncode:
        raise BadBackup(f"{arguments[0]} failed on what was restored: {last}")
    return last


def check_guards(owner_url: str, app_url: str) -> None:
    """What is posted stays: on every table of the ledger and the audit trail the application may only add, and the
    ledger's triggers refuse even the owner."""
    with psycopg.connect(owner_url, autocommit=True) as owner, psycopg.connect(app_url, autocommit=True) as application:
        if faults := unguarded(owner, application.info.user):
            raise BadBackup(f"What was restored is not guarded: {'; '.join(faults[:3])}")
        try:
            with application.transaction(force_rollback=True):
                application.execute(f"UPDATE {LEDGER} SET id = id")
        except psycopg.errors.InsufficientPrivilege:
            return
    raise BadBackup(f"What was restored is not guarded: {LEDGER} could be changed")


def unguarded(look: Connection, role: str) -> list[str]:
    """Each table of the ledger or the audit trail that `role` could change, or whose trigger is missing or off."""
    allowed = """
        SELECT tables.name FROM unnest(%s::text[]) AS tables(name)
        WHERE has_table_privilege(%s, quote_ident(tables.name), 'UPDATE, DELETE, TRUNCATE')
    """
    found = [f"{role} may change {name}" for (name,) in look.execute(allowed, [append_only_tables(), role])]
    there = set(contents.triggers(look))
    expected = {
        f"{model._meta.db_table}.{trigger.get_pgid(model)}"
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", ())
    }
    return found + [f"trigger {name} is missing or off" for name in sorted(expected - there)]
