"""`manage.py catalogues`: finds every string, brings the catalogues in `locale/` up to date and compiles them.

Whoever adds a string runs it, translates what it lists and runs it again. `--check` changes nothing and fails where a
catalogue is behind or a string has no translation; the tests ask it.
"""

import datetime as dt
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation.template import templatize

BASE: Path = settings.BASE_DIR
COMPLETE = tuple(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
"""The languages in which nothing may be missing."""
ROOMS = ("plant", "intake", "processing", "shipments", "templates")
SOME_DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""In every compiled catalogue, so that it changes with a string and not with the clock."""
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


INDENT = re.compile(r"(?m)^[ \t]+")
"""Of what Django makes of a template: calls between X for all that is none. To Python its indents mean nothing."""


def sources() -> Iterator[Path]:
    """Every template and module that can hold a string."""
    for room in ROOMS:
        for path in sorted((BASE / room).rglob("*")):
            if path.suffix in (".py", ".html") and not {"migrations", "static"} & set(path.parts):
                yield path


def strings() -> Catalog:
    """All strings of the house with the files they stand in."""
    found = Catalog(fuzzy=False)
    for path in sources():
        name, text = str(path.relative_to(BASE)), path.read_text()
        if path.suffix == ".html":
            text = INDENT.sub("", templatize(text, origin=name))
        for _line, words, comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            found.add(words, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def catalogue(language: str, found: Catalog) -> Catalog:
    """The catalogue of a language, brought up to what was found; what is translated stays, what is gone goes."""
    path = po(language)
    before = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    after = Catalog(locale=language, fuzzy=False)
    for message in found:
        if message.id:
            name = message.id[0] if isinstance(message.id, tuple) else message.id
            known = before.get(name, message.context)
            string = known.string if known is not None else ""
            after.add(message.id, string, locations=message.locations, flags=message.flags, context=message.context)
    return after


def po(language: str) -> Path:
    return BASE / "locale" / language / "LC_MESSAGES" / "django.po"


def as_po(catalog: Catalog) -> bytes:
    """The catalogue as text, without line numbers and dates: it changes when a string does."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, omit_header=True, sort_output=True)
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalog.locale_identifier}\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def as_mo(text: bytes, language: str) -> bytes:
    catalog, out = read_po(io.BytesIO(text), locale=language), io.BytesIO()
    catalog.creation_date = catalog.revision_date = SOME_DAY
    write_mo(out, catalog)
    return out.getvalue()


def missing(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id and not all(_strings(message))]


def wrong(catalog: Catalog) -> Iterator[str]:
    """Translations whose placeholders are not those of the string."""
    for message in catalog:
        if message.id and all(_strings(message)):
            for error in message.check(catalog):
                yield f"{message.id}: {error}"


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string or "",)


class Command(BaseCommand):
    help = "Bring the catalogues of translations up to date and compile them."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail where something is missing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = strings()
        complaints: list[str] = []
        for language in COMPLETE:
            catalog = catalogue(language, found)
            text = as_po(catalog)
            files = {po(language): text, po(language).with_suffix(".mo"): as_mo(text, language)}
            behind = [path for path, content in files.items() if not path.exists() or path.read_bytes() != content]
            if check:
                complaints += [f"{path.relative_to(BASE)} is behind: run manage.py catalogues" for path in behind]
            else:
                for path, content in files.items():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
            complaints += [f"{language}, not translated: {message.id}" for message in missing(catalog)]
            complaints += [f"{language}, {error}" for error in wrong(catalog)]
        for complaint in complaints:
            self.stdout.write(complaint)
        self.stdout.write(f"{len(found):,} strings, {len(complaints):,} complaints.")
        if complaints:
            sys.exit(1)
