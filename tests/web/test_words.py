"""Notes and references as they are typed and scanned."""

import pytest
from django import forms

from plant.web import NoteField, ReferenceField


class Words(forms.Form):
    note = NoteField(required=False)
    container = ReferenceField(required=False)


def test_a_note_is_trimmed_and_its_line_ends_are_one():
    words = Words({"note": "  two\r\nlines  "})

    assert words.is_valid()
    assert words.cleaned_data["note"] == "two\nlines"


def test_a_note_holds_2000_characters():
    assert Words({"note": "x\r\n" * 1000}).is_valid()
    assert Words({"note": "x" * 2001}).errors["note"] == ["At most 2,000 characters. Shorten the note."]


def test_a_character_the_database_cannot_keep_is_refused():
    assert "note" in Words({"note": "a\x00b"}).errors


@pytest.mark.parametrize("typed", ["L-2026-000042-01", " l-2026-000042-01 ", "LG-2026-000042"])
def test_a_reference_is_taken_as_it_is_typed(typed):
    words = Words({"container": typed})

    assert words.is_valid()
    assert words.cleaned_data["container"] == typed.strip().upper()


@pytest.mark.parametrize("typed", ["L 2026", "L-2026/1", "<b>", "Ł-2026", "-", "L\n1", "x" * 61])
def test_what_is_no_reference_is_refused(typed):
    assert "container" in Words({"container": typed}).errors
