"""`manage.py migrate` works as the owner, and says so where it cannot."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.migrations import AddConstraint
from django.test import override_settings

from plant.management.rendering import rendered_once


def test_without_the_owners_address_it_says_what_to_set() -> None:
    with (
        override_settings(DATABASE_OWNER_URL=""),
        pytest.raises(CommandError, match="Set DATABASE_OWNER_URL to the role that owns the tables"),
    ):
        call_command("migrate")


def test_the_application_may_not_own_the_ledger() -> None:
    own = settings.DATABASE_OWNER_URL.replace("plant_owner", "plant_app")
    with override_settings(DATABASE_OWNER_URL=own), pytest.raises(CommandError, match="both log in as plant_app"):
        call_command("migrate")


def test_a_migrated_database_has_nothing_left_to_do(committed_db: None) -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_it_can_be_run_again(committed_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("migrate", interactive=False)
    assert "No migrations to apply" in capsys.readouterr().out


def test_djangos_own_way_of_rendering_comes_back() -> None:
    before = AddConstraint.state_forwards
    with rendered_once():
        assert AddConstraint.state_forwards is not before
    assert AddConstraint.state_forwards is before
