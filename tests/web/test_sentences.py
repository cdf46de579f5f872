"""What is missing or wrong in a form of the floor is answered by a sentence that says what to do, never by the
framework's own words."""

import re

import pytest

from tests import factories
from tests.pages import browser, text
from tests.processing import floor
from tests.shipments import dock

pytestmark = pytest.mark.django_db
FRAMEWORK = re.compile(
    r"This field is required|Ensure this value|Select a valid choice|Enter a (valid|whole|number)|Null characters|"
    r"This value (does|is)"
)
RUBBISH = {"empty": "", "long": "x" * 3000, "strange": "!?"}


@pytest.fixture
def pages():
    """Every form of operators, by its address, with the fields that make it whole."""
    plant = factories.world()
    box, cells = factories.container(plant), factories.container(plant, material="FORMED_CELL", kind="CRATE")
    batch = floor.charged(plant)
    shipment, receipt = dock.draft(plant), factories.receipt(plant)
    return plant, {
        "/intake/new/": (),
        f"/intake/{receipt}/": {"material": "FORMED_CELL"},
        "/batches/new/": {"line": "LINE-2"},
        f"/batches/{batch}/charge/": {"charge": "1"},
        f"/batches/{batch}/charge/{box}/": (),
        f"/batches/{batch}/bag/": (),
        f"/batches/{batch}/loss/": (),
        f"/batches/{batch}/close/": {"close": "1"},
        "/batches/lines/LINE-2/clean-out/": {"gross": "1"},
        f"/containers/{cells}/discharge/": (),
        f"/containers/{box}/move/": (),
        f"/containers/{box}/hold/": (),
        "/shipments/new/": (),
        f"/shipments/{shipment}/papers/": (),
    }


@pytest.mark.parametrize("value", RUBBISH.values(), ids=RUBBISH)
def test_a_form_says_what_to_do_in_words_of_its_own(pages, value):
    plant, forms = pages
    operator, found = browser(plant.users["operator"]), {}

    for url, needed in forms.items():
        drawn = operator.get(url)
        names = (
            set(re.findall(r'name="(\w+)"', drawn.content.decode())) if drawn.status_code == 200 else {"bay", "kind"}
        )
        typed = dict.fromkeys(names - {"csrfmiddlewaretoken", "once", "show", "scan", "like", "seen", "choose"}, value)
        answer = operator.post(url, typed | dict(needed) | {"once": "7f1d7b64-6d31-4a3e-9f0c-2f4c6e0c9a01"})
        assert answer.status_code in (200, 422), (url, answer.status_code)
        if said := FRAMEWORK.search(text(answer)):
            found[url] = text(answer)[said.start() - 40 : said.end() + 40]

    assert found == {}
