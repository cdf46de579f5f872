"""A part of a container goes into a new one of the same lot: mass, pieces and holds go along."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from plant.access import NotAllowed
from plant.inventory import genealogy, repacking, services
from plant.inventory.ledger import Overdrawn
from plant.inventory.models import Hold, Movement
from plant.inventory.weighing import BadWeight, Implausible
from tests.factories import container, kilograms, minutes, world


def split(plant, box, net_kg, *, by="operator", at=10, **kwargs):
    given = {"kind": plant.kinds["GAYLORD"], "bay": plant.locations["A-02"]} | kwargs
    return repacking.split(
        container=box,
        reading=kilograms(net_kg),
        by=plant.users[by],
        at=minutes(at),
        now=minutes(at),
        **given,
    )


def kg_in(box):
    return services.place_of(box).kg


def test_a_part_goes_into_a_new_container_of_the_same_lot(plant):
    box = container(plant, 1000)

    part = split(plant, box, "300.5")

    assert (part.lot_id, part.reference) == (box.lot_id, f"{box.lot}-02")
    assert (kg_in(box), kg_in(part)) == (Decimal("699.500"), Decimal("300.500"))
    assert services.place_of(part).location.code == "A-02"
    movement = Movement.objects.get(kind="split")
    assert (movement.how_known, movement.weighing.container_id) == ("weighed", part.pk)
    assert [(edge.from_id, edge.to_id) for edge in genealogy.back([part.pk])] == [(box.pk, part.pk)]


@pytest.mark.parametrize(
    ("net_kg", "refusal", "sentence"),
    [
        ("0", BadWeight, "The net weight is zero"),
        ("1000", repacking.WholeContainer, "move the whole container"),
        ("1000.001", Overdrawn, "1,000.000 kg left in Bay A-01"),
        ("3", Implausible, "unusual for a gaylord"),
    ],
)
def test_nothing_all_and_more_than_all_are_refused(plant, net_kg, refusal, sentence):
    box = container(plant, 1000)

    with pytest.raises(refusal, match=sentence):
        split(plant, box, net_kg)

    assert box.lot.containers.count() == 1


def test_a_split_is_refused_below_what_someone_else_left(plant):
    box = container(plant, 1000)
    split(plant, box, 600)

    with pytest.raises(Overdrawn, match=r"400\.000 kg left"):
        split(plant, box, 500, at=11)


def test_a_part_of_what_is_held_is_held_until_somebody_lifts_it(plant):
    box = container(plant, 1000)
    by = plant.users["supervisor"]
    services.place_hold(container=box, kind=Hold.Kind.QUALITY, reason="moist", by=by, at=minutes(1))

    part = split(plant, box, 300)
    hold = Hold.objects.open().get(container=part)
    services.release_hold(hold=hold, reason="dry", by=by, at=minutes(12))

    assert (hold.kind, hold.reason) == ("quality", "moist")
    assert Hold.objects.open().filter(container=box).exists()
    services.require_free([part])


def test_a_damaged_part_stays_damaged_and_in_a_ddr_bay(plant):
    box = container(plant, 400, condition="damaged", bay="D-01", kind="DRUM")

    with pytest.raises(services.WrongPlace, match="DDR bay only"):
        split(plant, box, 100, kind=plant.kinds["DRUM"])
    part = split(plant, box, 100, kind=plant.kinds["DRUM"], bay=plant.locations["D-02"])

    assert part.condition == "damaged"
    assert Hold.objects.open().filter(container=part, kind="hazard").exists()


def test_pieces_and_energy_go_along_and_come_back(plant):
    box = container(plant, 1000, material="MODULE", kind="PALLET", piece_count=40, nominal_energy_kwh=Decimal(100))
    with pytest.raises(repacking.BadPieces, match="40 pieces"):
        split(plant, box, 250)

    part = split(plant, box, 250, piece_count=10)
    box.refresh_from_db()

    assert (part.piece_count, part.nominal_energy_kwh) == (10, 25)
    assert (box.piece_count, box.nominal_energy_kwh) == (30, 75)
    undo(plant, Movement.objects.get(kind="split"))
    box.refresh_from_db()
    assert (box.piece_count, box.nominal_energy_kwh, kg_in(box)) == (40, 100, 1000)


def test_undoing_a_split_does_not_slip_out_of_a_hold(plant):
    box = container(plant, 1000)
    part = split(plant, box, 300)
    services.place_hold(
        container=part, kind=Hold.Kind.QUALITY, reason="wet", by=plant.users["operator"], at=minutes(11)
    )

    with pytest.raises(services.Held, match="Have it lifted first"):
        undo(plant, Movement.objects.get(kind="split"))


def test_only_who_works_on_the_floor_splits(plant):
    with pytest.raises(NotAllowed):
        split(plant, container(plant, 1000), 300, by="manager")


def test_two_people_splitting_the_same_container_get_no_more_than_is_in_it(committed_db):
    plant = world()
    box, done = container(plant, 1000), []

    def press():
        try:
            done.append(split(plant, box, 600, by="operator").reference)
        except Overdrawn:
            done.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [f"{box.lot}-02", "refused"]
    assert kg_in(box) == 400


def undo(plant, movement):
    services.reverse_entry(movement=movement, reason="wrong container", by=plant.users["supervisor"], now=minutes(20))
