"""What the application's role may do: read and write rows, and on the ledger only read and add. Nothing else.

The tables belong to the owner's role, so what is not granted here (UPDATE, DELETE and TRUNCATE on the ledger, TRUNCATE
and DDL anywhere) the application cannot do, not even by raw SQL or with its triggers switched off.
"""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from pghistory.models import Event
from psycopg import sql

from plant.states import GuardTrigger

RIGHTS_ON_ROWS = "SELECT, INSERT, UPDATE, DELETE"
RIGHTS_ON_LEDGER = "SELECT, INSERT"


def is_append_only(model: type[models.Model]) -> bool:
    """The ledger (known by its trigger) and the audit trail's events."""
    triggers = getattr(model._meta, "triggers", [])
    guarded = any(isinstance(trigger, GuardTrigger) and trigger.name == "append_only" for trigger in triggers)
    return guarded or (issubclass(model, Event) and model._meta.managed and not model._meta.proxy)


@cache
def append_only_tables() -> list[str]:
    models_with_links = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models_with_links if is_append_only(model)})


def rights_on(table: str) -> str:
    if table == MigrationRecorder.Migration._meta.db_table:
        return "SELECT"
    return RIGHTS_ON_LEDGER if table in append_only_tables() else RIGHTS_ON_ROWS


def statements(role: str, database: str, rights: dict[str, str]) -> Iterator[sql.Composed]:
    """The SQL that gives `role` exactly its rights, whatever it had before."""
    names = {"role": sql.Identifier(role), "database": sql.Identifier(database)}
    yield sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names)
    yield sql.SQL("GRANT CONNECT ON DATABASE {database} TO {role}").format(**names)
    yield sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC, {role}").format(**names)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {role}").format(**names)
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}").format(**names)
    for table, granted in rights.items():
        yield sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(granted), sql.Identifier(table), names["role"])
    # SELECT, so that a backup needs no more rights than the application has
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}").format(**names)
    # those that the series of a new site will begin, too (plant/migrations/0002_numbers.py)
    yield sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO {role}").format(**names)
    yield sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}").format(**names)


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Gives `role` its rights on every table of the database; `connection` is its owner's."""
    with connection.cursor() as cursor, transaction.atomic(using=connection.alias):
        rights = {table: rights_on(table) for table in connection.introspection.table_names(cursor)}
        for statement in statements(role, str(connection.settings_dict["NAME"]), rights):
            cursor.execute(statement)
