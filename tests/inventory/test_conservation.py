"""Whatever people do, in whatever order, legal or not: mass is conserved to the gram.

Random commands go through the services; beside them runs a plain model, a dictionary of kilograms. After every command
the ledger says what the model says, a refused command has changed nothing, and at the end `reconcile` finds nothing.
"""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from plant import recompute
from plant.errors import DomainError
from plant.inventory import corrections, count_posting, counts, repacking, together
from plant.inventory import services as inventory
from plant.inventory.models import Container, Hold, Holding, Location, Movement
from plant.management.commands.reconcile import reconcile
from processing import services as processing
from processing.models import Batch
from shipments import services as shipments
from tests import factories
from tests.factories import kilograms, minutes

GRAM = Decimal("0.001")
RUN, HEEL = "run", "heel"
REVERSED = ("receive", "charge", "output", "loss", "split", "merge", "adjust")

masses = st.decimals(min_value=GRAM, max_value=2000, places=3)
which = st.integers(0, 12)
materials = st.sampled_from(("BLACK_MASS", "COPPER", "RESIDUE"))
receive = st.tuples(st.just("receive"), masses)
open_batch = st.tuples(st.just("open"), st.none())
close = st.tuples(st.just("close"), st.one_of(st.sampled_from(("empty", "as_before")), masses))
work = st.one_of(
    receive,
    st.tuples(st.just("charge"), which),
    st.tuples(st.just("charge"), which),
    st.tuples(st.just("charge_part"), st.tuples(which, st.decimals(GRAM, 300, places=3))),
    st.tuples(st.just("output"), st.tuples(materials, masses)),
    st.tuples(st.just("output"), st.tuples(materials, masses)),
    st.tuples(st.just("lose"), masses),
    st.tuples(st.just("reverse"), which),
    st.tuples(st.just("reverse"), which),
    st.tuples(st.just("correct"), st.tuples(which, masses, which)),
    st.tuples(st.just("correct"), st.tuples(which, masses, which)),
    st.tuples(st.just("correct_and_back"), st.tuples(which, masses, which)),
    st.tuples(st.just("ship"), which),
    st.tuples(st.just("split"), st.tuples(which, st.decimals(GRAM, 300, places=3))),
    st.tuples(st.just("put_together"), st.tuples(which, which)),
    st.tuples(st.just("count"), st.tuples(which, masses)),
    st.tuples(st.just("move"), which),
    st.tuples(st.just("hold"), which),
)
seldom = st.one_of(
    st.tuples(st.just("clean_out"), st.none()), st.tuples(st.just("abort"), st.none()), open_batch, close
)
commands = st.lists(
    st.tuples(receive, receive, open_batch, st.lists(st.one_of(work, work, work, seldom), max_size=14), close).map(
        lambda told: [*told[:3], *told[3], told[4]]
    ),
    min_size=1,
    max_size=3,
).map(lambda batches: [command for batch in batches for command in batch])


class Story:
    """The plant, the model beside it, and one method per command."""

    def __init__(self, plant):
        self.plant = plant
        self.kg = defaultdict(Decimal)  # by container, and of the run and the heel
        self.deltas = {}  # by movement: what it did to the model
        self.batch = None
        self.heel_at_opening = Decimal(0)
        self.minute = 0
        self.by = {"by": plant.users["supervisor"]}

    @property
    def when(self):
        return {"at": minutes(self.minute), "now": minutes(self.minute)}

    def box(self, number):
        boxes = Container.objects.packed().order_by("pk")
        count = boxes.count()
        if not count:
            raise DomainError("there is none")
        return boxes[number % count]

    def running(self):
        if self.batch is None:
            raise DomainError("there is none")
        return self.batch

    def note(self, movement, **changes):
        self.deltas[movement.pk] = changes
        for place, change in changes.items():
            self.kg[place] += change

    def last(self, **filters):
        return Movement.objects.filter(**filters).order_by("pk").last()

    def receive(self, kg):
        box = factories.container(self.plant, kg, at=minutes(self.minute), **self.by)
        self.note(self.last(to_container=box), **{box.reference: kg})

    def open(self, _nothing):
        batch = self.batch or processing.draft_batch(
            recipe_version=self.plant.recipes["ELECTRODE"],
            line=self.plant.lines["LINE-1"],
            grade=self.plant.grades["NMC_BM"],
            chemistry=self.plant.chemistries["NMC811"],
            owner=self.plant.parties["GMBI"],
            at=minutes(self.minute),
            **self.by,
        )
        self.batch = processing.open_batch(batch=batch, **self.by, **self.when)
        self.heel_at_opening = self.kg[HEEL]
        self.kg[RUN] += self.kg.pop(HEEL, Decimal(0))

    def charge(self, number):
        box = self.box(number)
        movement = processing.charge(batch=self.running(), container=box, **self.by, **self.when)
        self.note(movement, **{box.reference: -self.kg[box.reference], RUN: self.kg[box.reference]})

    def charge_part(self, number_and_kg):
        number, kg = number_and_kg
        box = self.box(number)
        movement = processing.charge(
            batch=self.running(), container=box, whole=False, reading=kilograms(kg), **self.by, **self.when
        )
        self.note(movement, **{box.reference: -kg, RUN: kg})

    def output(self, material_and_kg):
        material, kg = material_and_kg
        bag = processing.add_output(
            batch=self.running(),
            material=self.plant.materials[material],
            kind=self.plant.kinds["BIG_BAG"],
            reading=kilograms(kg),
            bay=self.plant.locations["P-01"],
            confirmed=True,
            **self.by,
            **self.when,
        )
        self.note(self.last(to_container=bag), **{bag.reference: kg, RUN: -kg})

    def lose(self, kg):
        movement = processing.add_loss(
            batch=self.running(),
            loss=self.plant.locations["DUST"],
            kg=kg,
            how_known=Movement.HowKnown.ESTIMATED,
            **self.by,
            **self.when,
        )
        self.note(movement or self.last(kind="loss"), **{RUN: -kg})

    def close(self, heel):
        processing.close_batch(batch=self.running(), heel=heel, explanation="as it came", **self.by, **self.when)
        left = {"empty": Decimal(0), "as_before": self.heel_at_opening}.get(heel, heel)
        self.kg.pop(RUN, None)
        self.kg[HEEL] = left
        self.batch = None

    def abort(self, _nothing):
        processing.abort_batch(batch=self.running(), reason="wrong recipe", **self.by, **self.when)
        self.kg[HEEL] = self.kg.pop(RUN, Decimal(0))
        self.batch = None

    def clean_out(self, _nothing):
        processing.clean_out(line=self.plant.lines["LINE-1"], note="", **self.by, **self.when)
        self.kg.pop(HEEL, None)

    def reverse(self, number):
        movements = list(Movement.objects.filter(kind__in=REVERSED).order_by("pk"))
        if not movements:
            raise DomainError("there is none")
        movement = movements[number % len(movements)]
        inventory.reverse_entry(movement=movement, reason="wrong", now=minutes(self.minute), **self.by)
        for place, change in self.deltas[movement.pk].items():
            self.kg[place] -= change

    def weighed(self, number):
        found = Movement.objects.standing().exclude(weighing=None).with_corrected_kg().order_by("pk")
        if not (count := found.count()):
            raise DomainError("there is none")
        return found[number % count]

    def correct(self, which_to_what):
        """The model does not follow a difference by itself: it is told which movement became how much more, and says
        by its own books whether that leaves a box below zero."""
        number, kg, way = which_to_what
        self._correct(self.weighed(number), kg, way)

    def _correct(self, movement, kg, number):
        loaded = corrections._loaded(Movement.objects.filter(pk=movement.pk)).get()
        possible = corrections.ways(loaded, kg - loaded.corrected_kg) if kg != loaded.corrected_kg else []
        way = possible[number % len(possible)] if possible else None
        corrections.correct_weight(
            movement=movement,
            reading=kilograms(kg),
            reason="wrong tare",
            way=way.key if way else "",
            now=minutes(self.minute),
            confirmed=True,
            **self.by,
        )
        assert way is not None
        assert way.steps[0].change_kg == kg - loaded.corrected_kg
        for step in way.steps:
            deltas = self.deltas.get(step.movement.pk)
            if deltas is None:  # moved or shipped whole: it only leaves the site
                if step.movement.kind == Movement.Kind.SHIP:
                    self.kg[step.movement.from_container.reference] -= step.change_kg
                continue
            for place, change in deltas.items():
                grows = step.movement.to_location.is_real if step.movement.kind == "adjust" else change > 0
                share = step.change_kg if grows else -step.change_kg
                deltas[place] = change + share
                if place != RUN or self._runs(step.movement):
                    self.kg[place] += share

    def _runs(self, movement):
        """What entered or left a batch that has ended changes what is unaccounted, not a run that is empty."""
        runs = {movement.from_container_id, movement.to_container_id}
        return self.batch is not None and self.batch.run_id in runs

    def correct_and_back(self, which_to_what):
        """Corrected and corrected back, all is as it was."""
        number, kg, _way = which_to_what
        movement = self.weighed(number)
        before = self.ledger()
        with transaction.atomic():
            self._correct(movement, kg, 0)
            self._correct(movement, movement.corrected_kg, 0)
            assert self.ledger() == before

    def ship(self, number):
        box = self.box(number)
        shipment = shipments.draft_shipment(
            site=self.plant.site,
            consignee=self.plant.parties["POST1"],
            ship_to=self.plant.facilities["POST1-PLANT"],
            purchase_order_number="PO-1",
            bill_of_lading="BOL-1",
            carrier="Contract carrier",
            at=minutes(self.minute),
            **self.by,
        )
        shipments.add_containers(shipment=shipment, containers=[box], at=minutes(self.minute), **self.by)
        shipments.dispatch(shipment=shipment, **self.by, **self.when)
        self.kg.pop(box.reference)

    def move(self, number):
        box = self.box(number)
        bay = self.plant.locations["A-02" if inventory.place_of(box).location.code != "A-02" else "A-03"]
        inventory.move_container(container=box, bay=bay, **self.by, **self.when)

    def split(self, number_and_kg):
        number, kg = number_and_kg
        box = self.box(number)
        part = repacking.split(
            container=box,
            kind=self.plant.kinds["HEAP"],
            reading=kilograms(kg),
            bay=self.plant.locations["A-04"],
            confirmed=True,
            **self.by,
            **self.when,
        )
        self.note(self.last(to_container=part), **{box.reference: -kg, part.reference: kg})

    def put_together(self, numbers):
        """Into the first where they are of one lot, else into a new one."""
        boxes = [self.box(number) for number in numbers]
        goal = {"kind": self.plant.kinds["HEAP"], "bay": self.plant.locations["A-05"]}
        into = {"into": boxes[0]} if boxes[0].lot_id == boxes[1].lot_id else goal
        made = together.put_together(containers=boxes, confirmed=True, **into, **self.by, **self.when)
        for movement in Movement.objects.filter(kind="merge").order_by("pk"):
            if movement.pk not in self.deltas:
                assert movement.to_container_id == made.pk
                changes = {movement.from_container.reference: -movement.kg, made.reference: movement.kg}
                self.note(movement, **changes)

    def count(self, number_and_kg):
        number, kg = number_and_kg
        box, counter = self.box(number), {"by": self.plant.users["operator"]}
        bay = inventory.place_of(box).location
        count = counts.start_count(location=bay, at=minutes(self.minute), **counter)
        seen = {"count": count, "container": box, "bay": bay, "reading": kilograms(kg), "confirmed": True}
        counts.see(**seen, **counter, **self.when)
        count_posting.post_count(count=count, **self.by, **self.when)
        adjusted = count.lines.get(container=box).adjusted
        if adjusted is not None:
            self.note(adjusted, **{box.reference: kg - self.kg[box.reference]})

    def hold(self, number):
        inventory.place_hold(
            container=self.box(number), kind=Hold.Kind.QUALITY, reason="sample", at=minutes(self.minute), **self.by
        )

    def ledger(self):
        """What the ledger says, in the model's words."""
        found = defaultdict(Decimal)
        for form, reference, kg in Holding.objects.filter(location__kind__in=Location.REAL).values_list(
            "container__form", "container__reference", "kg"
        ):
            found[form if form in (RUN, HEEL) else reference] += kg
        return {place: kg for place, kg in found.items() if kg}

    def model(self):
        return {place: kg for place, kg in self.kg.items() if kg}


def tell(story, command, argument):
    """One command; a refused one must leave no trace."""
    before = list(Holding.objects.order_by("pk").values_list("pk", "kg"))
    posted = Movement.objects.count()
    try:
        with transaction.atomic():
            getattr(story, command)(argument)
        event(f"{command} done")
    except DomainError:
        event(f"{command} refused")
        assert list(Holding.objects.order_by("pk").values_list("pk", "kg")) == before
        assert Movement.objects.count() == posted
        if story.batch is not None:
            story.batch = Batch.objects.filter(pk=story.batch.pk).first()


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(commands)
def test_mass_is_conserved_to_the_gram(world_of_the_test, commands):
    with transaction.atomic():
        story = Story(world_of_the_test)
        for command, argument in commands:
            story.minute += 1
            tell(story, command, argument)
            assert story.ledger() == story.model()
            assert sum(Holding.objects.values_list("kg", flat=True)) == 0
            assert not Holding.objects.filter(kg__lt=0, location__kind__in=Location.REAL).exclude(
                container__form=Container.Form.RUN
            )
        recompute.drain(minutes(story.minute + 1))
        differences, looked_at = reconcile(minutes(story.minute + 1))
        assert differences == []
        assert looked_at["waiting"] == 0
        transaction.set_rollback(True)


@pytest.fixture
def world_of_the_test(db):
    return factories.world()
