"""Every test runs on a real PostgreSQL, as the application's own role, and with a real Valkey beside it.

The servers are started once for a run, in a folder that is thrown away; the xdist workers are told of them by the
environment. A template database is migrated once; each worker copies it (0.1 s). What a test may ask for:

`db` (pytest-django's)  rolled back at the end; for nearly everything
`committed_db`          commits are real and threads may take part; the database is copied anew afterwards
`module_db`             the same for a whole module that shares what it looks at
`owner`                 a psycopg connection as the owner of the tables, for what the application may not do
`owner_url`             its address, for a command of its own
`redis_url`             the Valkey
"""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from plant.management import embedded

TEMPLATE = "plant_template"
DATABASE = f"plant_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
_until_the_end = ExitStack()


def _servers() -> tuple[Path, str]:
    """The socket folder of PostgreSQL and the address of Valkey: told by whoever started them, else started here."""
    if "PLANT_TEST_POSTGRES" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="blackmass-test-"))
        postgres, valkey = _until_the_end.enter_context(embedded.running(folder))
        os.environ |= {"PLANT_TEST_POSTGRES": str(postgres.sockets), "PLANT_TEST_REDIS_URL": valkey.url}
    return Path(os.environ["PLANT_TEST_POSTGRES"]), os.environ["PLANT_TEST_REDIS_URL"]


SOCKETS, REDIS_URL = _servers()


def _url(role: str, database: str) -> str:
    return f"postgresql://{role}@/{database}?host={SOCKETS}"


OWNER_URL = _url(embedded.OWNER, DATABASE)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "plant.settings",
    "SECRET_KEY": "a key for tests only: it is long enough and guards nothing",
    "API_KEY_PEPPER": "a pepper for tests only: long enough as well",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "DATABASE_URL": _url(embedded.APPLICATION, DATABASE),
    "DATABASE_OWNER_URL": OWNER_URL,
    "REDIS_URL": REDIS_URL,
    "PLANT_HTTPS": "false",
    "PLANT_QUEUE": DATABASE,
    "LOG_LEVEL": "WARNING",
}
django.setup()  # only now: settings read the environment once
del os.environ["DJANGO_SETTINGS_MODULE"]  # or an xdist worker would read them before it is told of its own database
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a strong one costs 0.1 s a person


def pytest_unconfigure() -> None:
    _until_the_end.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0])):
            raise pytest.UsageError(f"{item.nodeid}: the ledger cannot be flushed; use the fixture committed_db.")


def _create_database(name: str, template: str, owner: str = embedded.OWNER) -> None:
    """Makes the database anew; as the server's own superuser, which may end the connections of others."""
    with psycopg.connect(_url("postgres", "postgres"), autocommit=True) as connection:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template), "owner": sql.Identifier(owner)}
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
        connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}").format(**names))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names))
        role = sql.Identifier(embedded.APPLICATION)
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {role}").format(role=role, **names))


def _migrate_template() -> None:
    """Migrates the template once for all workers, as `manage.py migrate` does."""
    from django.core.management import call_command
    from django.test import override_settings

    with (SOCKETS.parent / "template.lock").open("w") as lock, psycopg.connect(_url("postgres", "postgres")) as look:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if look.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            return
        unfinished = f"{TEMPLATE}_unfinished"
        _create_database(unfinished, "template1")
        with override_settings(DATABASE_OWNER_URL=_url(embedded.OWNER, unfinished)):
            call_command("migrate", verbosity=0, interactive=False)
        _create_database(TEMPLATE, unfinished)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """Replaces pytest-django's: a copy of the template, owned by the owner, used by the application."""
    with django_db_blocker.unblock():
        _migrate_template()
    _create_database(DATABASE, TEMPLATE)


@contextmanager
def _real_database(django_db_blocker: Any) -> Iterator[None]:
    from django.db import connections

    with django_db_blocker.unblock():
        try:
            yield
        finally:
            connections.close_all()
    _create_database(DATABASE, TEMPLATE)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database with real commits, for threads, commands and whatever hangs on a commit. Threads close theirs."""
    with _real_database(django_db_blocker):
        yield


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As `committed_db`, for all tests of a module that only look at what a module fixture made."""
    with _real_database(django_db_blocker):
        yield


@pytest.fixture(scope="session")
def owner_url(django_db_setup: None) -> str:
    return OWNER_URL


@pytest.fixture
def owner(owner_url: str) -> Iterator[psycopg.Connection]:
    """As the owner of the tables, each statement committed by itself; use it together with `committed_db`."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def redis_url() -> str:
    return REDIS_URL


_connect = socket.socket.connect


def _connect_here_only(self: socket.socket, address: Any) -> None:
    here = self.family == socket.AF_UNIX or address[0] in {"localhost", "127.0.0.1", "::1"}
    if not here:
        raise AssertionError(f"A test called {address}: tests talk to this machine only.")
    _connect(self, address)


socket.socket.connect = _connect_here_only  # type: ignore[method-assign]
