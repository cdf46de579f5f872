"""`manage.py restore-test`: a backup is proved by restoring it; one that is not whole is refused by a sentence."""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from plant.management import backups, contents, restoring
from plant.management.environment import BASE
from plant.operation.models import Run

pytestmark = pytest.mark.xdist_group("restore")  # each looks that no scratch database is left on the server


@pytest.fixture(scope="module")
def backup(worked, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backups")
    call_command("backup", folder)
    return backups.find(folder)


@pytest.fixture
def copy(backup, tmp_path):
    """A copy of the backup, to be spoilt."""
    (folder := tmp_path / backup.folder.name).mkdir()
    for file in backup.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return backups.find(folder)


def refused(backup):
    with pytest.raises(CommandError) as refusal:
        call_command("restore_test", backup.folder)
    return str(refusal.value)


def scratch_databases(owner_url):
    with psycopg.connect(owner_url) as look:
        return look.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{restoring.PREFIX}%"]
        ).fetchall()


def test_a_backup_is_proved_and_nothing_is_left(backup, owner_url):
    command = [sys.executable, str(BASE / "manage.py"), "restore-test", str(backup.folder.parent)]
    env = os.environ | {"PLANT_NO_VENV": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)

    assert done.returncode == 0, done.stderr
    assert f"{backup.contents.rows:,} rows equal by hash ({backup.contents.sha256[:16]})" in done.stdout
    assert "reconcile: No difference (1 movements" in done.stdout
    assert Run.objects.good("restore_test").first().details["name"] == backup.folder.name
    assert scratch_databases(owner_url) == []


def test_a_truncated_file_is_refused(copy):
    whole = copy.dump.stat().st_size
    with copy.dump.open("r+b") as file:
        file.truncate(whole // 2)

    said = refused(copy)

    assert f"plant.dump is not whole: {whole // 2:,} of {whole:,} bytes are there. Take another backup." in said
    assert Run.objects.latest("pk").fault != ""


def test_a_file_with_one_byte_changed_is_refused(copy):
    with copy.dump.open("r+b") as file:
        file.seek(-100, 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))

    assert "was changed since it was written: its SHA-256 is another" in refused(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"dump": {}}'])
def test_a_manifest_that_was_cut_off_is_refused(copy, text):
    (copy.folder / "manifest.json").write_text(text)

    assert "it cannot be read" in refused(copy)


def test_a_manifest_that_tells_other_rows_is_refused(copy):
    told = copy.manifest
    told["contents"]["tables"]["inventory_movement"]["rows"] = 2
    (copy.folder / "manifest.json").write_text(json.dumps(told))

    assert "was changed since it was written" in refused(copy)


def test_rows_that_differ_after_the_restore_are_named(copy, owner_url):
    """Somebody changed a row and made the manifest hold together again."""
    told = copy.manifest
    table = told["contents"]["tables"]["inventory_movement"]
    table["sha256"] = "0" * 64
    told["contents"]["sha256"] = contents.Contents.from_json(told["contents"]).sha256
    (copy.folder / "manifest.json").write_text(json.dumps(told))

    assert "inventory_movement has 1 rows with another content, not the 1 backed up" in refused(copy)
    assert scratch_databases(owner_url) == []


def test_a_folder_without_a_backup_is_named(tmp_path):
    with pytest.raises(CommandError, match="There is no backup in"):
        call_command("restore_test", tmp_path)


def test_a_database_that_holds_something_is_not_overwritten(backup):
    with pytest.raises(CommandError, match=r"is not empty: it has \d+ tables\. .* nothing was changed"):
        call_command("restore", backup.folder)


@pytest.mark.parametrize("guard", ["trigger", "grant"])
def test_a_copy_without_its_guards_is_no_proof(worked, owner, guard):
    """The drill's negative control: the same look, at the plant's own database with one guard taken away."""
    restoring.check_guards(settings.DATABASE_OWNER_URL, settings.DATABASE_URL)
    away, back = GUARDS[guard]
    owner.execute(away)
    try:
        with pytest.raises(backups.BadBackup, match="is not guarded"):
            restoring.check_guards(settings.DATABASE_OWNER_URL, settings.DATABASE_URL)
    finally:
        owner.execute(back)


GUARDS = {
    "trigger": (
        "ALTER TABLE inventory_movement DISABLE TRIGGER USER",
        "ALTER TABLE inventory_movement ENABLE TRIGGER USER",
    ),
    "grant": ("GRANT UPDATE ON inventory_movement TO plant_app", "REVOKE UPDATE ON inventory_movement FROM plant_app"),
}
