"""The first hour with a demo plant: a few things to do for each role, with things that stand in this plant.

A step is done when its person really did it since the demo was loaded: the ledger is asked, nothing is ticked by hand.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from plant.api.models import ApiKey
from plant.demo.models import DemoPlant
from plant.demo.stage import Stage
from plant.inventory.models import Hold, Movement
from plant.limits.models import Limit
from plant.models import Role, User
from processing.models import Batch, BlendApproval
from shipments.models import Shipment

Kind = Movement.Kind


@dataclass(frozen=True)
class Step:
    """One thing to do: what, where, and whether this person did it; None where there is only something to see."""

    words: str
    url: str
    is_done: bool | None = None


@dataclass(frozen=True)
class FirstHour:
    steps: list[Step]

    @property
    def tasks(self) -> list[Step]:
        return [step for step in self.steps if step.is_done is not None]

    @property
    def sights(self) -> list[Step]:
        return [step for step in self.steps if step.is_done is None]

    @property
    def done(self) -> int:
        return sum(bool(step.is_done) for step in self.tasks)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.tasks if not step.is_done), None)


@dataclass(frozen=True)
class Asked:
    """Who asks, in which demo, and what this person has done since it was loaded."""

    user: User
    demo: DemoPlant
    stage: Stage

    def posted(self, *kinds: Kind) -> bool:
        return self._entries(kind__in=kinds, reverses=None).exists()

    def took_back(self) -> bool:
        return self._entries(reverses__isnull=False).exists()

    def _entries(self, **which: object) -> QuerySet[Movement]:
        return Movement.objects.filter(by=self.user, recorded_at__gt=self.demo.loaded_at, **which)

    def closed(self) -> bool:
        return Batch.objects.filter(closed_by=self.user, closed_at__gt=self.demo.loaded_at).exists()

    def approved_blend(self) -> bool:
        return BlendApproval.objects.filter(approved_by=self.user, approved_at__gt=self.demo.loaded_at).exists()

    def placed_hold(self) -> bool:
        return Hold.objects.filter(placed_by=self.user, placed_at__gt=self.demo.loaded_at).exists()

    def lifted_hold(self) -> bool:
        return Hold.objects.filter(released_by=self.user, released_at__gt=self.demo.loaded_at).exists()

    def dispatched(self) -> bool:
        return Shipment.objects.filter(dispatched_by=self.user, dispatched_at__gt=self.demo.loaded_at).exists()

    def decided_status(self) -> bool:
        return self.stage.lots.filter(
            regulatory_decided_by=self.user, regulatory_decided_at__gt=self.demo.loaded_at
        ).exists()

    def set_limit(self) -> bool:
        return Limit.objects.filter(created_by=self.user, created_at__gt=self.demo.loaded_at).exists()

    def signed_month(self) -> bool:
        return self.stage.statements.filter(by=self.user, recorded_at__gt=self.demo.loaded_at).exists()

    def pulled(self) -> bool:
        return ApiKey.objects.filter(party=self.user.party, last_used_at__gt=self.demo.loaded_at).exists()

    def made_key(self) -> bool:
        return ApiKey.objects.filter(party__site=self.demo.site, created_at__gt=self.demo.loaded_at).exists()


def of(user: User, demo: DemoPlant, *, today: dt.date) -> FirstHour:
    """The steps of this person's role, with what this plant has to offer for each."""
    return FirstHour(list(STEPS[Role(user.role)](Asked(user, demo, Stage(demo.site, today)))))


def _link(name: str, *args: str) -> str:
    return reverse(name, args=args)


def _operator(asked: Asked) -> Iterator[Step]:
    stage = asked.stage
    if lot := stage.at_the_dock():
        words = _("A truck is half unloaded. Weigh in the next container of %(lot)s.") % {"lot": lot}
        yield Step(words, _link("intake:receipt", str(lot.receipt_lot.receipt)), asked.posted(Kind.RECEIVE))
    yield from _hold(asked)
    if batch := stage.running():
        box = stage.to_charge(batch)
        words = _("Charge %(container)s into %(batch)s.") % {"container": box or _("a container"), "batch": batch}
        yield Step(words, _link("processing:charge", str(batch)), asked.posted(Kind.CHARGE))
        words = _("Bag black mass out of %(batch)s.") % {"batch": batch}
        yield Step(words, _link("processing:bag", str(batch)), asked.posted(Kind.OUTPUT))
    yield Step(_("Take one of your entries back."), _link("inventory:containers"), asked.took_back())
    yield from _dispatch(asked)


def _hold(asked: Asked) -> Iterator[Step]:
    if box := asked.stage.newest_container():
        words = _("Something about %(container)s looks wrong. Put it on hold.") % {"container": box}
        yield Step(words, _link("inventory:container", str(box)), asked.placed_hold())


def _dispatch(asked: Asked) -> Iterator[Step]:
    draft = asked.stage.draft()
    if draft or asked.dispatched():
        words = _("%(shipment)s is packed and its truck is here. Dispatch it.") % {"shipment": draft or _("A shipment")}
        url = _link("shipments:shipment", str(draft)) if draft else _link("shipments:shipments")
        yield Step(words, url, asked.dispatched())


def _supervisor(asked: Asked) -> Iterator[Step]:
    stage = asked.stage
    if hold := stage.waiting():
        words = _("The sample of %(container)s is good. Lift its hold.") % {"container": hold.container}
        yield Step(words, _link("inventory:container", str(hold.container)), asked.lifted_hold())
    if (batch := stage.out_of_band()) or asked.took_back():
        words = _("%(batch)s closes outside 97 to 103 %%. Find the bag that is not its own and reverse it.") % {
            "batch": batch or _("A batch")
        }
        url = _link("processing:batch", str(batch)) if batch else _link("processing:batches")
        yield Step(words, url, asked.took_back())
    if batch := stage.running():
        words = _("Approve a blend of anode foil for %(batch)s.") % {"batch": batch}
        yield Step(words, _link("processing:blend", str(batch)), asked.approved_blend())
        words = _("Charge what is missing, bag what came out, and close %(batch)s.") % {"batch": batch}
        yield Step(words, _link("processing:batch", str(batch)), asked.closed())
    yield from _dispatch(asked)
    yield from _trace(asked)


def _manager(asked: Asked) -> Iterator[Step]:
    month = asked.stage.unsigned()
    if month or asked.signed_month():
        words = _("Last month is over. Look at its statement and sign it off.")
        url = _link("inventory:month", f"{month:%Y-%m}") if month else _link("inventory:months")
        yield Step(words, url, asked.signed_month())
    words = _("Your permit counts in short tons. Set it as a limit beside the nameplate.")
    yield Step(words, _link("limits:new_limit"), asked.set_limit())
    yield from _hold(asked)
    yield Step(_("How much of the year is used, and at what pace?"), _link("dashboard:dashboard"))
    if batch := asked.stage.out_of_band():
        words = _("Why does %(batch)s not close?") % {"batch": batch}
        yield Step(words, _link("processing:batch", str(batch)))
    yield from _trace(asked)


def _trace(asked: Asked) -> Iterator[Step]:
    if shipment := asked.stage.on_the_road():
        words = _("What is in %(shipment)s, and whose scrap was it?") % {"shipment": shipment}
        yield Step(words, _link("shipments:shipment", str(shipment)))


def _ehs(asked: Asked) -> Iterator[Step]:
    stage = asked.stage
    if lot := stage.undecided():
        words = _("Decide the regulatory status of %(lot)s, and on what basis.") % {"lot": lot}
        yield Step(words, _link("inventory:lot", str(lot)), asked.decided_status())
    if box := stage.damaged():
        words = _("%(container)s came damaged and stands on a hazard hold. Move it to the other DDR bay.")
        yield Step(words % {"container": box}, _link("inventory:container", str(box)), asked.posted(Kind.MOVE))
    yield from _hold(asked)
    if hold := stage.waiting():
        words = _("Lift the hold of %(container)s.") % {"container": hold.container}
        yield Step(words, _link("inventory:container", str(hold.container)), asked.lifted_hold())
    yield Step(_("What is on hold, and since when?"), _link("dashboard:dashboard"))


def _partner(asked: Asked) -> Iterator[Step]:
    words = _("Pull your shipments with the key that was shown when the plant was started.")
    yield Step(words, _link("api:docs"), asked.pulled())


def _administrator(asked: Asked) -> Iterator[Step]:
    words = _("Make a key for another partner: python3 manage.py create_api_key POST2")
    yield Step(words, _link("api:docs"), asked.made_key())
    words = _("Set a limit from the permit.")
    yield Step(words, _link("limits:new_limit"), asked.set_limit())
    yield Step(_("What does a manager see?"), _link("dashboard:dashboard"))


STEPS: dict[Role, Callable[[Asked], Iterator[Step]]] = {
    Role.OPERATOR: _operator,
    Role.SUPERVISOR: _supervisor,
    Role.MANAGER: _manager,
    Role.EHS: _ehs,
    Role.PARTNER: _partner,
    Role.ADMINISTRATOR: _administrator,
}
