"""`manage.py backup`: a folder with everything in it, or none; and which backups are refused."""

import json
import os
import resource
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from plant.management import backups, clients, contents, restoring
from plant.operation.models import Run


@pytest.fixture(autouse=True)
def plant(worked):
    """Something is in the ledger."""


def back_up(folder, **options):
    call_command("backup", folder, **options)
    return backups.find(folder)


def refused(folder, **options):
    with pytest.raises(CommandError) as refusal:
        call_command("backup", folder, **options)
    assert not folder.exists() or not any(folder.iterdir())
    return str(refusal.value)


def fake(folder, name, script):
    """A folder of programs in which one is another."""
    folder.mkdir()
    for program in ("pg_dump", "pg_restore"):
        (folder / program).symlink_to(clients.folder() / program)
    (folder / name).unlink()
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return str(folder)


def test_a_backup_says_what_is_in_it_and_the_plant_remembers_it(tmp_path):
    made = back_up(tmp_path)

    told = json.loads((made.folder / "manifest.json").read_text())
    assert told["contents"]["tables"]["inventory_movement"]["rows"] == 1
    assert told["contents"]["migrations"]["inventory"].startswith("0")
    assert any(name.startswith("inventory_movement.pgtrigger_append_only") for name in told["contents"]["triggers"])
    assert told["dump"]["bytes"] == made.dump.stat().st_size
    assert Run.objects.good("backup").first().details["sha256"] == told["dump"]["sha256"]
    assert {path.stat().st_mode & 0o077 for path in (made.folder, *made.folder.iterdir())} == {0}


def test_the_oldest_go(tmp_path, monkeypatch):
    for second in range(3):
        (old := tmp_path / f"plant-20260101T00000{second}Z").mkdir()
        (old / "manifest.json").touch()
    (tmp_path / ".plant-20260101T000009Z.part").mkdir()  # a backup that was killed left it

    made = back_up(tmp_path, keep=2)

    assert sorted(tmp_path.iterdir()) == [tmp_path / "plant-20260101T000002Z", made.folder]


def test_a_full_disk_leaves_nothing(tmp_path):
    """A limit on the size of a file stands for a full disk: pg_dump is told the same way."""
    command = [sys.executable, "-c", "from django.core.management import execute_from_command_line as run; run()"]
    done = subprocess.run(
        [*command, "backup", str(tmp_path / "full")],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "plant.settings"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "No backup: pg_dump did not finish: no file may grow that large here." in done.stderr
    assert list((tmp_path / "full").iterdir()) == []
    assert Run.objects.latest("pk").fault.startswith("pg_dump did not finish")


def test_a_wrong_password_is_one_sentence(tmp_path, settings):
    settings.DATABASE_URL = settings.DATABASE_URL.replace("plant_app", "nobody:wrong")

    said = refused(tmp_path / "a")

    assert said.startswith("No backup: The database cannot be read: connection failed")
    assert "wrong" not in said


def test_a_pg_dump_of_another_release_is_refused(tmp_path, monkeypatch):
    script = 'echo "pg_dump (PostgreSQL) 15.9"'
    monkeypatch.setenv("PLANT_PG_BIN", fake(tmp_path / "bin", "pg_dump", script))

    assert "is of PostgreSQL 15, the server is 18. Set PLANT_PG_BIN" in refused(tmp_path / "a")


def test_a_dump_that_ends_too_soon_is_refused(tmp_path, monkeypatch):
    real = clients.folder() / "pg_dump"
    script = f"""
    {real} "$@" || exit 1
    for word in "$@"; do case "$word" in --file=*) truncate -s -2000 "${{word#--file=}}";; esac; done"""
    monkeypatch.setenv("PLANT_PG_BIN", fake(tmp_path / "bin", "pg_dump", script))

    assert refused(tmp_path / "a").startswith("No backup: pg_restore failed: ")


def test_a_dump_without_a_table_is_refused(tmp_path, monkeypatch):
    real = clients.folder() / "pg_dump"
    script = f'[ "$1" = --version ] || set -- "$@" --exclude-table-data=inventory_movement; exec {real} "$@"'
    monkeypatch.setenv("PLANT_PG_BIN", fake(tmp_path / "bin", "pg_dump", script))

    assert "1 tables are not in the dump, such as inventory_movement" in refused(tmp_path / "a")


def test_a_database_without_tables_is_refused(tmp_path, settings, owner_url):
    settings.DATABASE_URL = restoring.at(owner_url, "postgres")

    assert "has no tables" in refused(tmp_path / "a")


def test_two_at_once_are_one(tmp_path):
    with contents.snapshot(settings.DATABASE_URL) as other:
        other.execute(backups.LOCK)

        assert "Another backup of this database is under way" in refused(tmp_path / "a")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match="cannot be written: Not a directory"):
        call_command("backup", tmp_path / "file" / "a")
