"""`manage.py diagrams`: draws `docs/states.md` from the tables that decide what may follow what."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from plant.inventory.models import COUNT_TRANSITIONS
from plant.states import Transitions
from processing.models import BATCH_TRANSITIONS
from shipments.models import SHIPMENT_TRANSITIONS

PAGE = settings.BASE_DIR / "docs" / "states.md"
HEAD = """# States

Made by `manage.py diagrams` from the transition tables in the models; a test compares. The same tables decide which
buttons a page shows, refuse in the services with a sentence, and make the database triggers that refuse the rest.
"""
MACHINES: tuple[tuple[str, str, Transitions[Any]], ...] = (
    ("A batch", "`processing/models.py`", BATCH_TRANSITIONS),
    ("A count", "`plant/inventory/models/counts.py`", COUNT_TRANSITIONS),
    ("A shipment", "`shipments/models.py`", SHIPMENT_TRANSITIONS),
)


def states_page() -> str:
    """All state machines as a Markdown page with mermaid diagrams."""
    parts = [HEAD]
    for title, where, transitions in MACHINES:
        parts.append(f"\n## {title}\n\nThe table is in {where}.\n\n```mermaid\n{transitions.mermaid()}\n```\n")
    return "".join(parts)


class Command(BaseCommand):
    help = "Draw docs/states.md from the transition tables."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail where the page is not up to date."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        drawn = states_page()
        if not options["check"]:
            PAGE.write_text(drawn, encoding="utf-8")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != drawn:
            raise CommandError("docs/states.md is not what the tables say. Run `manage.py diagrams` and commit it.")
