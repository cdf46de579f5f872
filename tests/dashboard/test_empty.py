"""A plant without stock, batches or limits is told what comes where; who may not see the page does not find it."""

import pytest
from django.test import Client

from tests.pages import text

pytestmark = pytest.mark.django_db


def test_an_empty_plant_is_told_what_comes_where(empty_plant, screen):
    page = text(screen().get("/dashboard/"))

    assert "No limit has figures of this year yet." in page
    assert "Set a limit" in page
    assert "Nothing came in, was processed or went out in the last 12 weeks." in page
    assert "No batch has run yet." in page
    assert "No container is on hold." in page
    assert "Nothing is on the site." in page


def test_who_may_not_set_limits_is_told_who_does(empty_plant, screen):
    page = text(screen(who="operator").get("/dashboard/"))

    assert "A manager sets it." in page
    assert "Set a limit" not in page


def test_partners_do_not_find_it(empty_plant, screen):
    assert screen(who="partner").get("/dashboard/").status_code == 404
    assert Client().get("/dashboard/").status_code == 302
