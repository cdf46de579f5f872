"""`manage.py restore DIR`: fills an empty database from a backup. docs/operation.md tells the whole procedure."""

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
    help = "Restore a backup into the empty database of DATABASE_URL, and prove it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="a backup, its dump, or the folder of all: the newest is taken")

    def handle(self, *args: Any, **options: Any) -> None:
        owner_database(str(connections.databases["default"]["USER"]))  # raises where the owner's address is not set
        owner, app, took = settings.DATABASE_OWNER_URL, settings.DATABASE_URL, seconds()
        try:
            backup = backups.find(options["backup"].absolute())
            restoring.restore(backup, owner)
            said = restoring.bring_up_to_date(owner, app)
            restoring.check_guards(owner, app)
        except BadBackup as problem:
            raise CommandError(f"Not restored: {problem}.")
        with noted(Run.Kind.RESTORE) as details:
            details |= backup.told()
        self.stdout.write(
            f"Restored {backup.folder.name} of {backup.manifest['made_at']}: {backup.contents.rows:,} rows equal by "
            f"hash, reconcile: {said}. {took():.1f} s. Start the plant with the SECRET_KEY and API_KEY_PEPPER of then."
        )
