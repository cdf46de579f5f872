"""The embedded PostgreSQL and Valkey: who may log in, and from where."""

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from plant.management import embedded
from plant.management.binaries import POSTGRES_MAJOR, Person, check_version
from plant.management.children import CannotStart


@pytest.fixture
def superuser(owner_url: str) -> psycopg.Connection:
    return psycopg.connect(owner_url.replace(embedded.OWNER, "postgres", 1), autocommit=True)


def test_it_is_the_release_that_everything_was_tried_on(superuser: psycopg.Connection) -> None:
    assert superuser.info.server_version // 10_000 == POSTGRES_MAJOR


def test_the_owner_makes_databases_and_neither_role_is_a_superuser(superuser: psycopg.Connection) -> None:
    rows = superuser.execute(
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin "
        "FROM pg_roles WHERE rolname LIKE 'plant%' ORDER BY rolname"
    )
    assert rows.fetchall() == [
        (embedded.APPLICATION, False, False, False, False, False, True),
        (embedded.OWNER, False, True, False, False, False, True),
    ]


def test_text_sorts_the_same_on_every_machine(superuser: psycopg.Connection) -> None:
    found = superuser.execute("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()")
    assert found.fetchone() == ("b", "C.UTF-8")


def test_every_page_of_the_disk_has_a_checksum(superuser: psycopg.Connection) -> None:
    assert superuser.execute("SHOW data_checksums").fetchone() == ("on",)


def test_it_is_reached_by_its_own_user_only_and_by_no_network(superuser: psycopg.Connection) -> None:
    assert superuser.execute("SHOW listen_addresses").fetchone() == ("",)
    assert stat.S_IMODE(Path(superuser.info.host).stat().st_mode) == 0o700


def test_valkey_keeps_what_it_was_told_and_asks_for_a_password(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as valkey:
        for setting, value in {
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }.items():
            assert valkey.config_get(setting) == {setting: value}
        assert valkey.config_get("bind") == {"bind": "127.0.0.1"}
    with redis.Redis(port=urlsplit(redis_url).port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    sockets = embedded.socket_folder(deep, Person.for_servers(deep))
    try:
        assert len(str(sockets / ".s.PGSQL.5432")) < 104
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    finally:
        sockets.rmdir()


def test_programs_that_are_too_old_are_refused(tmp_path: Path) -> None:
    old = tmp_path / "postgres"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.14'\n")
    old.chmod(0o755)
    with pytest.raises(CannotStart, match=rf"15\.14; PostgreSQL {POSTGRES_MAJOR} or newer is needed"):
        check_version(tmp_path, Person(os.geteuid(), os.getegid(), "oneself"))


def test_data_of_another_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("17\n")
    person = Person.for_servers(tmp_path)
    with pytest.raises(CannotStart, match="was written by PostgreSQL 17, this is 18"):
        embedded.Postgres(tmp_path, tmp_path, tmp_path, person).command()
