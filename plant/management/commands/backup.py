"""`manage.py backup DIR`: a dump of the database with a manifest, looked through before it counts as one."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from plant.management import backups
from plant.management.clients import BadBackup
from plant.management.running import noted
from plant.operation.models import Run


class Command(BaseCommand):
    help = "Back the database up into a folder of its own below DIR. Keep SECRET_KEY and API_KEY_PEPPER elsewhere."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", nargs="?", type=Path, help="where backups are kept (else PLANT_BACKUP_DIR)")
        parser.add_argument("--keep", type=int, default=settings.BACKUPS_KEPT, help="how many; older ones go")

    def handle(self, *args: Any, **options: Any) -> None:
        directory = options["dir"] or (Path(settings.BACKUP_DIR) if settings.BACKUP_DIR else None)
        if directory is None:
            raise CommandError("Say where: manage.py backup DIR, or set PLANT_BACKUP_DIR.")
        if options["keep"] < 1:
            raise CommandError("--keep is at least 1.")
        try:
            with noted(Run.Kind.BACKUP) as details:
                now = dt.datetime.now(dt.UTC)
                made = backups.back_up(settings.DATABASE_URL, directory.absolute(), now=now, keep=options["keep"])
                details |= made.told()
        except BadBackup as problem:
            raise CommandError(f"No backup: {problem}.")
        held, size = made.contents, made.manifest["dump"]["bytes"]
        self.stdout.write(
            f"Backed up to {made.folder}: {len(held.tables)} tables, {held.rows:,} rows, {size:,} bytes, "
            f"content {held.sha256[:16]}. {len(backups.complete(directory))} backups are kept."
        )
