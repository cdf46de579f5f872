"""`manage.py migrate`: as the owner of the tables, and then gives the application's role exactly its rights."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from plant.management import grants, rendering
from plant.settings import server

OWNER_ALIAS = "owner"


class Command(migrate.Command):
    help = migrate.Command.help + " Migrates as DATABASE_OWNER_URL and gives DATABASE_URL's role its rights."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        role = str(connections.databases[DEFAULT_DB_ALIAS]["USER"])
        connections.databases[OWNER_ALIAS] = owner_database(role)
        try:
            with rendering.rendered_once():
                super().handle(*args, **options | {"database": OWNER_ALIAS})
            if not (options["check_unapplied"] or options["plan"]):
                grants.grant(connections[OWNER_ALIAS], role)
        finally:
            connections[OWNER_ALIAS].close()
            del connections[OWNER_ALIAS]
            del connections.databases[OWNER_ALIAS]


def owner_database(role: str) -> dict[str, Any]:
    """The default database as its owner's role sees it: no pool, and none of the application's short timeouts."""
    if not settings.DATABASE_OWNER_URL:
        raise CommandError(
            "Set DATABASE_OWNER_URL to the role that owns the tables: the application's own role (DATABASE_URL) may "
            "not change them. On a machine of your own, `python3 manage.py up` sets both."
        )
    owner = server(settings.DATABASE_OWNER_URL)
    if owner["USER"] == role:
        raise CommandError(
            f"DATABASE_URL and DATABASE_OWNER_URL both log in as {role}. Give the application a role of its own: "
            "one that owns the ledger could change it."
        )
    owner.setdefault("OPTIONS", {})
    return {**connections.databases[DEFAULT_DB_ALIAS], **owner}
