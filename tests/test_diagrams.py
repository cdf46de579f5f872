"""The state diagrams in `docs/` are drawn from the tables, so they cannot say something else."""

import pytest
from django.core.management import CommandError, call_command

from plant.management.commands import diagrams


def test_the_diagrams_are_what_the_tables_say():
    call_command("diagrams", check=True)


def test_a_diagram_that_is_out_of_date_is_refused(tmp_path, monkeypatch):
    page = tmp_path / "states.md"
    monkeypatch.setattr(diagrams, "PAGE", page)
    with pytest.raises(CommandError, match=r"Run `manage\.py diagrams`"):
        call_command("diagrams", check=True)

    call_command("diagrams")

    call_command("diagrams", check=True)
    page.write_text(page.read_text() + "draft --> nowhere")
    with pytest.raises(CommandError):
        call_command("diagrams", check=True)
