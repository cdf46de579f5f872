"""The house speaks Spanish: no string is without its translation, and the compiled catalogue is that of the text."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext, ngettext

from plant.management.commands import catalogues
from tests.factories import world
from tests.pages import browser, text


def test_nothing_is_missing_or_behind() -> None:
    said = StringIO()
    try:
        call_command("catalogues", check=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_a_missing_string_is_found() -> None:
    found = catalogues.strings()
    found.add("A sentence nobody has translated")

    missing = [message.id for message in catalogues.missing(catalogues.catalogue("es", found))]
    assert "A sentence nobody has translated" in missing


def test_a_translation_with_other_placeholders_is_found() -> None:
    catalog = catalogues.catalogue("es", catalogues.strings())
    catalog.add("%(kg)s kg are left", "quedan %(lb)s kg", flags=["python-format"])

    assert len(list(catalogues.wrong(catalog))) == 1


def test_the_compiled_catalogue_is_used() -> None:
    with translation.override("es"):
        assert gettext("Receive scrap") == "Recibir chatarra"
        assert ngettext("%(n)s bag", "%(n)s bags", 2) == "%(n)s bolsas"


@pytest.mark.django_db
def test_a_person_chooses_the_language_of_their_pages() -> None:
    screen = browser(world().users["operator"])

    screen.post("/language/", {"language": "es"})
    assert "Recibir chatarra" in text(screen.get("/"))

    screen.post("/language/", {"language": "tlh"})
    assert "Recibir chatarra" in text(screen.get("/"))
