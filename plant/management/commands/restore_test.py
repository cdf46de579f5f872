"""`manage.py restore-test DIR`: restores a backup into a new database, proves it, and throws the copy away."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from plant.management import backups, restoring
from plant.management.clients import BadBackup
from plant.management.commands.migrate import owner_database
from plant.management.running import noted, seconds
from plant.operation.models import Run


class Command(BaseCommand):
    help = "Prove a backup: restore it into a new database, compare its rows, its guards and every derived figure."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "backup", nargs="?", type=Path, help="a backup, its dump, or the folder of all: the newest is taken"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        place = options["backup"] or (Path(settings.BACKUP_DIR) if settings.BACKUP_DIR else None)
        if place is None:
            raise CommandError("Say which: manage.py restore-test DIR, or set PLANT_BACKUP_DIR.")
        role = str(connections.databases["default"]["USER"])
        owner_database(role)  # raises where the owner's address is not set
        took = seconds()
        try:
            with noted(Run.Kind.RESTORE_TEST) as details:
                backup = backups.find(place.absolute())
                details |= backup.told()
                said = prove(backup, role)
        except BadBackup as problem:
            raise CommandError(f"The backup is not proved: {problem}.")
        self.stdout.write(
            f"{backup.folder.name} restores: {backup.contents.rows:,} rows equal by hash "
            f"({backup.contents.sha256[:16]}), {len(backup.contents.triggers)} triggers and the grants are there, "
            f"reconcile: {said}. {took():.1f} s."
        )


def prove(backup: backups.Backup, role: str) -> str:
    """Restores into a database that is dropped afterwards; what `reconcile` said. Raises `BadBackup`."""
    with restoring.scratch_database(settings.DATABASE_OWNER_URL, role) as name:
        owner, app = (restoring.at(url, name) for url in (settings.DATABASE_OWNER_URL, settings.DATABASE_URL))
        restoring.restore(backup, owner)
        said = restoring.bring_up_to_date(owner, app)
        restoring.check_guards(owner, app)
    return said
