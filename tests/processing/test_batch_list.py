"""The list of batches: filters, files, and how many questions it asks the database."""

import pytest

from plant import recompute
from plant.web import now
from tests.factories import container
from tests.processing import floor
from tests.processing.screens import text

pytestmark = pytest.mark.django_db


def test_the_list_filters_and_exports_what_it_shows(plant, operator):
    batch = floor.close(plant, floor.charged(plant))
    draft = floor.draft(plant)
    recompute.drain(now())

    assert f"{draft}" not in text(operator.get("/batches/?state=closed"))
    sheet = operator.get("/batches/?state=closed&format=csv").content.decode("utf-8-sig").splitlines()
    assert sheet[0].startswith('"Batch","State","Line"')
    assert sheet[1].startswith(f'"{batch}","Closed","LINE-1"')
    assert len(sheet) == 2


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/batches/", 7),
        ("/batches/{b}/", 15),
        ("/batches/{b}/charge/", 23),
        ("/batches/{b}/bag/", 23),
        ("/batches/lines/", 9),
    ],
)
def test_the_number_of_queries_does_not_grow(plant, operator, django_assert_max_num_queries, path, queries):
    batch = floor.charged(plant)
    for n in range(4):
        container(plant, 100)
        floor.bag(plant, batch, 100 + n)

    with django_assert_max_num_queries(queries):
        operator.get(path.format(b=batch))
