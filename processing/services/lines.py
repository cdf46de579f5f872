"""Lines and recipes: set up once; a line is cleaned out between pools."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.inventory import ledger
from plant.inventory.ledger import Move
from plant.inventory.master_data import define_location
from plant.inventory.models import Container, ContainerKind, Location, Lot, Material, Movement
from plant.inventory.services import check_place, create_container, create_lot
from plant.inventory.weighing import Reading, record_weighing
from plant.models import Site, User
from processing import rules
from processing.models import Batch, CleanOut, Line, Recipe, RecipeVersion
from processing.services.runs import check_ahead, to_unaccounted


@transaction.atomic
def create_line(*, site: Site, code: str, name: str, parent: Location | None = None) -> Line:
    """A processing line: its place in the tree and its heel, empty."""
    location = define_location(site=site, code=code, name=name, kind=Location.Kind.LINE, parent=parent)
    heel = Container.objects.create(site=site, reference=f"H{site.mark}-{code}", form=Container.Form.HEEL)
    return Line.objects.create(site=site, code=code, name=name, location=location, heel=heel)


@transaction.atomic
def create_recipe(*, site: Site, code: str, name: str) -> Recipe:
    """A way of processing; it runs once it has a version."""
    return Recipe.objects.create(site=site, code=code, name=name)


@transaction.atomic
def add_recipe_version(
    *,
    recipe: Recipe,
    lines: Iterable[Line],
    materials: Iterable[Material],
    takes_charged: bool = False,
    discharge_valid_hours: int = 24,
    may_commingle: bool = False,
) -> RecipeVersion:
    """The next version of a recipe, current from now on: where it runs and what it takes (RULE-1, RULE-2), and whether
    of several owners at once."""
    Recipe.objects.select_for_update(no_key=True).get(pk=recipe.pk)
    earlier = RecipeVersion.objects.filter(recipe=recipe)
    earlier.filter(is_current=True).update(is_current=False)
    version = RecipeVersion.objects.create(
        recipe=recipe,
        number=earlier.count() + 1,
        takes_charged=takes_charged,
        discharge_valid_hours=discharge_valid_hours,
        may_commingle=may_commingle,
    )
    version.lines.set(lines)
    version.materials.set(materials)
    return version


@dataclass(frozen=True)
class Sweepings:
    """What was swept out of a line: weighed into a container that stands in a bay."""

    material: Material
    kind: ContainerKind
    reading: Reading
    bay: Location
    confirmed: bool = False


@transaction.atomic
def clean_out(
    *,
    line: Line,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    note: str = "",
    swept: Sweepings | None = None,
    reason: str = "",
) -> CleanOut:
    """Record that a line was emptied and cleaned: its heel is zero, and another pool may follow (RULE-5).

    What was swept out is weighed into a container; what the heel held beyond that, of either sign, is unaccounted.
    Raises `LineBusy` while a batch is on the line.
    """
    check(by, Action.RUN_BATCH)
    line = Line.objects.for_change().select_related("site", "location", "heel").get(pk=line.pk)
    _check_free(line, at=at, now=now)
    with audit.acting(by, note):
        container = _sweep(line, swept, by=by, at=at) if swept else None
        moves = _emptying(line, container, swept, by=by, at=at)
        if moves:
            ledger.post(moves, by=by, at=at, now=now, reason=reason or note or _("Clean-out"))
        return CleanOut.objects.create(line=line, cleaned_at=at, by=by, note=note)


def _check_free(line: Line, *, at: dt.datetime, now: dt.datetime) -> None:
    check_ahead(at, now)
    busy = Batch.objects.on_the_line().filter(line=line).first()
    if busy is not None:
        raise rules.LineBusy(
            _("%(batch)s is on %(line)s. Close it before the line is cleaned out.") % {"batch": busy, "line": line}
        )
    before = rules.last_closed(line)
    if before is not None and rules.is_before(at, before.closed_at):
        raise rules.BadTime(
            _("%(batch)s ran until %(at)s. Enter a time after that.")
            % {"batch": before, "at": rules.clock(before.closed_at or at, before)},
            field="at",
        )


def _sweep(line: Line, swept: Sweepings, *, by: User, at: dt.datetime) -> Container:
    """A container of residue; owner and chemistry are those of the batch that ran last."""
    before = rules.last_closed(line)
    if before is None:
        raise rules.Empty(
            _("No batch was closed on %(line)s yet, so there is nothing to sweep out.") % {"line": line}, field="gross"
        )
    lot = create_lot(
        site=line.site,
        material=swept.material,
        origin=Lot.Origin.OWN_PROCESS,
        owner=before.owner,
        chemistry=before.chemistry,
        generated_on=line.site.day(at),
        by=by,
        at=at,
        note=_("Swept out of %(line)s after %(batch)s") % {"line": line, "batch": before},
    )
    container = create_container(lot=lot, kind=swept.kind)
    check_place(container, swept.bay)
    return container


def _emptying(
    line: Line, container: Container | None, swept: Sweepings | None, *, by: User, at: dt.datetime
) -> list[Move]:
    """The movements that bring the heel to exactly zero."""
    moves = []
    left_kg = ledger.held_kg(line.heel, line.location)
    if container is not None and swept is not None:
        weighing = record_weighing(
            site=line.site, reading=swept.reading, by=by, at=at, container=container, confirmed=swept.confirmed
        )
        left_kg -= weighing.net_kg
        moves.append(
            Move(
                kind=Movement.Kind.OUTPUT,
                kg=weighing.net_kg,
                from_container=line.heel,
                from_location=line.location,
                to_container=container,
                to_location=swept.bay,
                how_known=Movement.HowKnown.WEIGHED,
                weighing=weighing,
            )
        )
    if left_kg:
        moves.append(to_unaccounted(line.heel, line.location, left_kg))
    return moves
