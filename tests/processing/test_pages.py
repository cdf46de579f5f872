"""The whole work at a line through the pages, without JavaScript."""

import re
import uuid

import pytest

from plant import recompute
from plant.inventory import services as inventory
from plant.inventory.models import Movement
from plant.web import now
from processing.models import Batch, BatchState
from tests.factories import NOON, container, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant():
    return world()


@pytest.fixture
def operator(client, plant):
    client.force_login(plant.users["operator"])
    return client


def text(response) -> str:
    """What a person reads: without tags, spaces as one."""
    content = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", content.replace("&nbsp;", " ").replace("\xa0", " "))


def send(client, url, **fields):
    return client.post(url, {"once": str(uuid.uuid4()), **fields})


PLAN = {"line": "LINE-1", "recipe_version": "ELECTRODE", "grade": "NMC_BM", "chemistry": "NMC811", "owner": "GMBI"}
BAG = {"material": "BLACK_MASS", "kind": "BIG_BAG", "bay": "P-01", "unit": "kg"}


def plan(client, **fields) -> Batch:
    response = send(client, "/batches/new/", **PLAN, open="1", **fields)
    assert response.status_code == 303, text(response)
    return Batch.objects.latest("pk")


def test_an_operator_runs_a_batch_from_plan_to_figures(plant, operator):
    boxes = [container(plant, 600, at=now()), container(plant, 400, at=now())]

    batch = plan(operator)
    page = f"/batches/{batch}/"
    assert send(operator, f"{page}charge/", charge="1", container=[str(box) for box in boxes]).status_code == 303
    assert send(operator, f"{page}bag/", **BAG, gross="703").status_code == 303
    assert (
        send(operator, f"{page}bag/", **BAG | {"material": "COPPER", "kind": "GAYLORD"}, net="250").status_code == 303
    )
    assert send(operator, f"{page}loss/", loss="DUST", how_known="estimated", amount="30", unit="kg").status_code == 303
    preview = send(
        operator, f"{page}close/", show="1", left="so_much", heel="15", unit="kg", heel_how_known="estimated"
    )
    assert "99.50 %" in text(preview)
    assert "Unaccounted 5.000 kg" in text(preview)
    closed = send(
        operator, f"{page}close/", close="1", left="so_much", heel="15", unit="kg", heel_how_known="estimated"
    )
    assert closed.status_code == 303

    waiting = text(operator.get(page))
    assert "Being computed" in waiting
    recompute.drain(now())
    shown = text(operator.get(page))
    assert "Yield, as weighed 70.00 %" in shown
    assert "Closure 99.50 %" in shown
    assert "Unaccounted 5.0 kg" in shown
    assert "700.000 kg of the product grade / 1,000.000 kg charged = 70.000 %" in shown
    assert "Being computed" not in shown


def test_only_what_fits_is_offered(plant, operator):
    shown = text(operator.get("/batches/new/?line=DISMANTLING"))

    assert "Dismantle packs" in shown
    assert "Electrode scrap" not in shown
    grade = text(send(operator, "/batches/new/", show="1", line="LINE-1", grade="LFP_BM"))
    assert "LFP" in grade
    assert "NMC811" not in grade


def test_a_draft_waits_while_the_line_is_busy(plant, operator):
    first = plan(operator)

    assert f"{first} is on this line" in text(operator.get("/batches/new/?line=LINE-1"))
    assert send(operator, "/batches/new/", **PLAN, plan="1").status_code == 303
    draft = Batch.objects.latest("pk")
    assert draft.state == BatchState.DRAFT
    assert f"is taken by {first}" in text(operator.get(f"/batches/{draft}/open/"))


def test_what_is_left_and_what_is_chosen_is_on_the_screen(plant, operator):
    box, held = container(plant, 600, at=now()), container(plant, 400, at=now())
    inventory.place_hold(container=held, kind="quality", reason="wet", by=plant.users["ehs"], at=now())
    batch = plan(operator)

    shown = text(operator.get(f"/batches/{batch}/charge/"))
    assert "1 container fits, 600.0 kg" in shown
    assert "1 more cannot be charged now" in shown
    assert f"{held} (400.000 kg left) is on a quality hold: wet" in shown
    chosen = text(send(operator, f"/batches/{batch}/charge/", add="1", container=[str(box)]))
    assert "1 chosen, 600.0 kg" in chosen
    assert "1 chosen, 600.0 kg" in text(send(operator, f"/batches/{batch}/charge/selection/", container=[str(box)]))


def test_a_scan_chooses_or_says_why_not(plant, operator):
    box, other = container(plant, 600, at=now()), container(plant, 400, material="SLURRY", at=now())
    batch = plan(operator)
    url = f"/batches/{batch}/charge/"

    assert "1 chosen, 600.0 kg" in text(send(operator, url, scan=str(box).lower()))
    assert "does not take that" in text(send(operator, url, scan=str(other)))
    assert "There is no container L-1 here. Scan it again." in text(send(operator, url, scan="L-1"))
    assert floor.in_run(batch) == 0


def test_a_part_is_charged_and_some_given_back(plant, operator):
    box = container(plant, 600, at=now())
    batch = plan(operator)

    page = operator.get(f"/batches/{batch}/charge/{box}/")
    assert "600.000 kg left" in text(page)
    refused = send(operator, f"/batches/{batch}/charge/{box}/", net="700", unit="kg")
    assert refused.status_code == 422
    assert f"{box} has 600.000 kg left in Bay A-01. Take at most that." in text(refused)
    assert 'value="700"' in refused.content.decode()
    assert send(operator, f"/batches/{batch}/charge/{box}/", net="200", unit="kg").status_code == 303
    assert send(operator, f"/batches/{batch}/give-back/{box}/", net="50", unit="kg").status_code == 303

    assert floor.in_run(batch) == 150
    assert floor.left(box) == 450


def test_the_same_form_sent_twice_charges_once(plant, operator):
    box = container(plant, 600, at=now())
    batch, key = plan(operator), str(uuid.uuid4())
    form = {"once": key, "net": "200", "unit": "kg"}

    answers = [operator.post(f"/batches/{batch}/charge/{box}/", form) for _ in range(2)]
    other = operator.post(f"/batches/{batch}/charge/{box}/", form | {"net": "100"})

    assert [answer.status_code for answer in answers] == [303, 303]
    assert floor.left(box) == 400
    assert other.status_code == 422
    assert "This form was sent before with other content" in text(other)


def test_the_next_bag_keeps_all_but_the_weight(plant, operator):
    batch = plan(operator)

    saved = send(operator, f"/batches/{batch}/bag/", **BAG, gross="703")
    page = operator.get(saved["Location"])

    content = page.content.decode()
    assert "700.000 kg" in text(page)  # 3 kg of stored tare
    assert "Next bag" in text(page)
    assert re.search(r'<option value="BIG_BAG" selected', content)
    assert re.search(r'<option value="P-01" selected', content)
    assert 'value="703"' not in content
    weighing = Movement.objects.get(kind="output").weighing
    assert (weighing.tare_origin, weighing.tare_kg, weighing.net_kg) == ("stored", 3, 700)


def test_an_unusual_bag_is_confirmed_with_its_weight(plant, operator):
    batch = plan(operator)

    asked = send(operator, f"/batches/{batch}/bag/", **BAG, net="1250")
    assert asked.status_code == 422
    assert "The weight is right: 1,250.000 kg" in text(asked)
    other = send(operator, f"/batches/{batch}/bag/", **BAG, net="1300", confirmed="1250.000")
    assert other.status_code == 422
    assert send(operator, f"/batches/{batch}/bag/", **BAG, net="1250", confirmed="1250.000").status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"net": "-5"}, "A weight cannot be negative"),
        ({"net": "0"}, "A weight of zero is no weight"),
        ({"net": "1,25"}, "can be read in two ways"),
        ({"net": "12O0"}, "is not a number"),
        ({"net": "1.2345"}, "At most three decimals"),
        ({"gross": "10", "tare": "20"}, "The tare is above the gross"),
        ({"net": "5", "unit": "st"}, "Choose kg or lb"),
        ({}, "Enter the gross weight and the tare, or the net weight"),
        ({"net": "50000"}, "cannot be in a big bag"),
    ],
)
def test_bad_weights_come_back_with_a_sentence_and_what_was_typed(plant, operator, typed, sentence):
    batch = plan(operator)

    answer = send(operator, f"/batches/{batch}/bag/", **BAG | typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    for value in typed.values():
        assert value == "st" or f'value="{value}"' in answer.content.decode()
    assert floor.in_run(batch) == 0


def test_a_close_outside_the_band_asks_for_an_explanation(plant, operator):
    box = container(plant, 1000, at=now())
    batch = plan(operator)
    send(operator, f"/batches/{batch}/charge/", charge="1", container=[str(box)])
    send(operator, f"/batches/{batch}/bag/", **BAG, net="900")
    url, said = f"/batches/{batch}/close/", {"close": "1", "left": "empty", "unit": "kg", "heel_how_known": "declared"}

    asked = send(operator, url, **said)
    assert asked.status_code == 422
    assert "Closure is 90.00 % and 100.000 kg are unaccounted" in text(asked)
    assert 'name="explanation"' in asked.content.decode()
    assert send(operator, url, **said, explanation="a bag burst").status_code == 303

    assert "a bag burst" in text(operator.get(f"/batches/{batch}/"))


def test_hold_go_on_and_abort(plant, operator):
    batch = plan(operator)
    page = f"/batches/{batch}/"

    assert send(operator, f"{page}hold/", reason="oxygen alarm").status_code == 303
    assert "Held: oxygen alarm" in text(operator.get(page))
    assert operator.get(f"{page}charge/").status_code == 302
    assert send(operator, f"{page}resume/").status_code == 303
    assert send(operator, f"{page}abort/", reason="").status_code == 422
    assert send(operator, f"{page}abort/", reason="wrong grade").status_code == 303

    assert Batch.objects.get().state == BatchState.ABORTED


def test_buttons_match_the_state(plant, operator):
    def buttons(batch):
        found = re.findall(rf'href="/batches/{batch}/(\w+)/"', operator.get(f"/batches/{batch}/").content.decode())
        return set(found)

    draft = floor.draft(plant)
    running = floor.opened(plant, line="DISMANTLING", recipe="DISMANTLE", grade="NMC_MODULE")

    assert buttons(draft) == {"open", "abort"}
    assert buttons(running) == {"charge", "bag", "loss", "close", "hold", "abort"}
    floor.services.hold_batch(batch=running, reason="alarm", by=plant.users["operator"], at=NOON)
    assert buttons(running) == {"bag", "loss", "close", "resume", "abort"}
    floor.close(plant, running)
    assert buttons(running) == set()


def test_a_manager_looks_and_has_no_buttons(plant, client):
    batch = floor.charged(plant)
    client.force_login(plant.users["manager"])

    page = client.get(f"/batches/{batch}/")

    assert page.status_code == 200
    assert f"/batches/{batch}/bag/" not in page.content.decode()
    assert client.get(f"/batches/{batch}/bag/").status_code == 404
    assert client.get("/batches/").status_code == 200


def test_a_partner_finds_nothing(plant, client):
    batch = floor.opened(plant)
    client.force_login(plant.users["partner"])

    for url in ("/batches/", f"/batches/{batch}/", "/batches/lines/"):
        assert client.get(url).status_code == 404


def test_an_unknown_batch_is_a_page_with_a_way_on(plant, operator):
    response = operator.get("/batches/B-2026-9999/")

    assert response.status_code == 404
    assert "There is no batch B-2026-9999 here." in text(response)


def test_an_own_entry_is_reversed_from_the_batchs_page(plant, operator):
    box = container(plant, 600, at=now())
    batch = plan(operator)
    send(operator, f"/batches/{batch}/charge/", charge="1", container=[str(box)])

    assert f"/batches/{batch}/entries/1/reverse/" in operator.get(f"/batches/{batch}/").content.decode()
    assert "Charged: 600.000 kg" in text(operator.get(f"/batches/{batch}/entries/1/reverse/"))
    assert send(operator, f"/batches/{batch}/entries/1/reverse/", reason="wrong box").status_code == 303

    assert floor.left(box) == 600


def test_lines_are_cleaned_out_and_shown(plant, operator):
    batch = plan(operator)
    assert f"{batch}" in text(operator.get("/batches/lines/"))
    assert f"{batch} is on Line 1, shredding. Close it before" in text(operator.get("/batches/lines/LINE-1/clean-out/"))
    said = {"left": "so_much", "heel": "30", "unit": "kg", "heel_how_known": "declared", "explanation": "trial"}
    send(operator, f"/batches/{batch}/close/", close="1", **said)

    incomplete = send(operator, "/batches/lines/LINE-1/clean-out/", net="20", unit="kg")
    assert incomplete.status_code == 422
    assert "Choose what was swept out." in text(incomplete)
    swept = {"net": "20", "unit": "kg", "material": "RESIDUE", "kind": "DRUM", "bay": "P-06", "note": "vacuumed"}
    assert send(operator, "/batches/lines/LINE-1/clean-out/", **swept).status_code == 303

    assert floor.heel_of(plant) == 0
    assert "Left in it (heel) 0.0 kg" in text(operator.get("/batches/lines/"))


def test_a_discharge_check_is_recorded_and_shown_at_the_lot(plant, operator):
    box = container(plant, 400, material="MODULE", kind="CRATE", bay="B-01", piece_count=20, at=now())
    url = f"/containers/{box}/discharge/"

    assert send(operator, url, passed="yes", voltage_v="0.4", at="2099-01-01T10:00").status_code == 422
    assert send(operator, url, passed="yes", voltage_v="0.4").status_code == 303

    lot = text(operator.get(f"/lots/{box.lot}/"))
    assert "Discharge checks" in lot
    assert "Passed" in lot
    foil = container(plant, 100, at=now())
    assert operator.get(f"/containers/{foil}/discharge/").status_code == 404


def test_a_lot_says_which_batch_took_it_and_which_made_it(plant, operator):
    box = container(plant, 600, at=now())
    batch = plan(operator)
    send(operator, f"/batches/{batch}/charge/", charge="1", container=[str(box)])
    send(operator, f"/batches/{batch}/bag/", **BAG, net="500")
    made = Movement.objects.get(kind="output").to_container.lot

    assert f"Charged to {batch}" in text(operator.get(f"/lots/{box.lot}/"))
    assert f"Made by {batch}" in text(operator.get(f"/lots/{made}/"))


def test_the_first_page_shows_the_lines_to_who_runs_them(plant, operator, client):
    batch = plan(operator)
    assert f"{batch}" in text(operator.get("/"))

    client.force_login(plant.users["manager"])
    assert "In the run now" not in text(client.get("/"))


def test_the_list_filters_and_exports_what_it_shows(plant, operator):
    batch = floor.close(plant, floor.charged(plant))
    draft = floor.draft(plant)
    recompute.drain(now())

    assert f"{draft}" not in text(operator.get("/batches/?state=closed"))
    sheet = operator.get("/batches/?state=closed&format=csv").content.decode("utf-8-sig").splitlines()
    assert sheet[0].startswith('"Batch","State","Line"')
    assert sheet[1].startswith(f'"{batch}","Closed","LINE-1"')
    assert len(sheet) == 2


def test_htmx_asks_for_the_figures_alone_until_they_are_fresh(plant, operator):
    batch = floor.close(plant, floor.charged(plant))

    stale = operator.get(f"/batches/{batch}/", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in stale.content.decode()
    assert "<html" not in stale.content.decode()
    recompute.drain(now())
    fresh = operator.get(f"/batches/{batch}/", headers={"HX-Request": "true"})

    assert "hx-trigger" not in fresh.content.decode()


@pytest.mark.parametrize(
    ("path", "queries"),
    [("/batches/", 7), ("/batches/{b}/", 14), ("/batches/{b}/charge/", 22), ("/batches/{b}/bag/", 22), ("/batches/lines/", 9)],
)
def test_the_number_of_queries_does_not_grow(plant, operator, django_assert_max_num_queries, path, queries):
    batch = floor.charged(plant)
    for n in range(4):
        container(plant, 100)
        floor.bag(plant, batch, 100 + n)

    with django_assert_max_num_queries(queries):
        operator.get(path.format(b=batch))
