"""Several owners' material in one batch: whose bags they are, and who is owed how much (docs/adr/0010).

Each bag goes, when it is weighed, into a lot of the owner who is owed most, so that no label ever changes. Until the
batch is closed and divided its bags are on hold and cannot be shipped. The division states each owner's share by the
rule, what is in his bags, and the difference, which he is owed or owes: it is carried into the next batch they share.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory.models import Container, Grade, Hold, Material, Movement
from plant.models import Party, User
from plant.units import ZERO_KG
from processing import shares
from processing.models import Batch, BatchState, Division, DivisionShare
from processing.services.runs import locked

Kind = Movement.Kind


class NotDivisible(DomainError):
    code = "not_divisible"


class NotDivided(DomainError):
    code = "not_divided"


@dataclass(frozen=True)
class Share:
    """One owner's part of one material of a batch, in kg."""

    owner: Party
    material: Material
    grade: Grade | None
    charged_kg: Decimal
    share_kg: Decimal
    given_kg: Decimal
    """What is in his bags."""

    @property
    def balance_kg(self) -> Decimal:
        """What he is still owed; negative: what he has too much."""
        return self.share_kg - self.given_kg


def charged_by_owner(batch: Batch) -> dict[int, Decimal]:
    """Net charge by owner in kg: charges less returns, reversed ones and corrections counted as they stand."""
    into = Movement.objects.filter(kind__in=(Kind.CHARGE, Kind.RETURN), to_container=batch.run)
    out_of = Movement.objects.filter(kind__in=(Kind.CHARGE, Kind.RETURN), from_container=batch.run)
    charged: dict[int, Decimal] = defaultdict(lambda: ZERO_KG)
    for owner, kg in into.values_list("from_container__lot__owner").annotate(sum=Sum("kg")):
        charged[owner] += kg
    for owner, kg in out_of.values_list("to_container__lot__owner").annotate(sum=Sum("kg")):
        charged[owner] -= kg
    # The batch's own owner comes first, so that what cannot be divided evenly is his.
    order = sorted(charged, key=lambda owner: (owner != batch.owner_id, owner))
    return {owner: charged[owner] for owner in order if charged[owner] > 0}


Stream = tuple[int, int | None]


def given_by_owner(batch: Batch) -> dict[Stream, dict[int, Decimal]]:
    """What came out, in kg by material and grade and by the owner of the lot it went into; waste stays with the batch's
    owner and is not divided."""
    given: dict[Stream, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO_KG))
    for side, sign in (("to", 1), ("from", -1)):
        run = {"from": "to", "to": "from"}[side]
        lot = f"{side}_container__lot__"
        rows = (
            Movement.objects.filter(
                **{"kind": Kind.OUTPUT, f"{run}_container": batch.run, f"{lot}material__is_waste": False}
            )
            .values_list(f"{lot}material", f"{lot}grade", f"{lot}owner")
            .annotate(sum=Sum("kg"))
        )
        for material, grade, owner, kg in rows:
            given[material, grade][owner] += sign * kg
    return {stream: dict(owners) for stream, owners in given.items() if any(owners.values())}


def is_commingled(batch: Batch) -> bool:
    """Whether another owner's material is in it."""
    return batch.recipe_version.may_commingle and set(charged_by_owner(batch)) - {batch.owner_id} != set()


def lots_of(batch: Batch) -> list[int]:
    """The lots its bags went into; where a recipe takes several owners' material, no other batch's bags are in them."""
    out = Movement.objects.standing().filter(kind=Kind.OUTPUT, from_container=batch.run)
    return list(out.values_list("to_container__lot", flat=True).distinct())


def _mark(batch: Batch) -> str:
    """How the reason of a hold on its bags begins, in every language; by it they are found again."""
    return f"{batch}: "


def open_holds(batch: Batch) -> list[Hold]:
    holds = Hold.objects.open().filter(container__lot__in=lots_of(batch), kind=Hold.Kind.OWNERSHIP)
    return list(holds.filter(reason__startswith=_mark(batch)).select_related("container").order_by("container", "pk"))


def hold_bags(batch: Batch, *, by: User, at: dt.datetime) -> None:
    """Keep the bags of a batch with several owners on the site until it is divided. The caller has locked the batch."""
    if not is_commingled(batch):
        return
    reason = _mark(batch) + _("several owners' material, not divided yet")
    known = Hold.objects.filter(kind=Hold.Kind.OWNERSHIP, reason__startswith=_mark(batch))  # the divided ones too
    bags = Container.objects.for_change().in_stock().filter(lot__in=lots_of(batch), lot__material__is_waste=False)
    Hold.objects.bulk_create(
        Hold(container=bag, kind=Hold.Kind.OWNERSHIP, reason=reason, placed_at=at, placed_by=by)
        for bag in bags.exclude(pk__in=known.values("container"))
    )


def owner_of_next(batch: Batch, material: Material, grade: Grade | None, bag_kg: Decimal) -> Party:
    """Whose the next bag is: of who is owed most; waste is the batch's owner's."""
    if material.is_waste or not is_commingled(batch):
        return batch.owner
    charged = charged_by_owner(batch)
    stream = (material.pk, grade.pk if grade else None)
    owed = {owner: kg for (found, owner), kg in accounts(batch, charged).items() if found == stream}
    given = given_by_owner(batch).get(stream, {})
    owner = shares.most_owed(bag_kg, given_kg=given, by_kg=charged, owed_kg=owed)
    assert owner is not None  # it is commingled, so somebody charged something
    return Party.objects.get(pk=owner)


def accounts(batch: Batch, owners: Iterable[int]) -> dict[tuple[Stream, int], Decimal]:
    """What each of these owners is owed from earlier batches, in kg by material and grade; negative: has too much."""
    rows = (
        DivisionShare.objects.filter(division__in=newest_divisions(), owner__in=list(owners))
        .exclude(division__batch=batch)
        .filter(division__batch__site=batch.site_id)
        .values_list("material", "grade", "owner")
        .annotate(share=Sum("share_kg"), given=Sum("given_kg"))
    )
    return {((material, grade), owner): share - given for material, grade, owner, share, given in rows}


def newest_divisions() -> list[int]:
    """The division of each batch that counts: its last."""
    rows = Division.objects.order_by().values("batch").annotate(last=Max("pk"))
    return [row["last"] for row in rows]


def shares_of(batch: Batch) -> list[Share]:
    """Each owner's part of each material as the rule has it now, what is in his bags, and the difference."""
    charged = charged_by_owner(batch)
    streams = given_by_owner(batch)
    parties = Party.objects.in_bulk([*charged, *(owner for owners in streams.values() for owner in owners)])
    materials = Material.objects.in_bulk([material for material, _grade in streams])
    grades = Grade.objects.in_bulk([grade for _material, grade in streams if grade])
    found = []
    for (material, grade), given in sorted(streams.items(), key=lambda pair: (pair[0][1] is None, pair[0])):
        parts = shares.divide(sum(given.values(), ZERO_KG), charged)
        for owner in dict.fromkeys([*charged, *given]):
            found.append(
                Share(
                    owner=parties[owner],
                    material=materials[material],
                    grade=grades[grade] if grade else None,
                    charged_kg=charged.get(owner, ZERO_KG),
                    share_kg=parts.get(owner, ZERO_KG),
                    given_kg=given.get(owner, ZERO_KG),
                )
            )
    return found


def wants_division(batch: Batch) -> bool:
    """Whether its bags wait for it."""
    return batch.recipe_version.may_commingle and bool(open_holds(batch))


@transaction.atomic
def divide_batch(*, batch: Batch, by: User, at: dt.datetime) -> Division:
    """Divide what came out of a closed batch among the owners of what went in, and free its bags.

    Again after a late bag or a correction: the last division of a batch counts.
    """
    check(by, Action.DIVIDE)
    batch = locked(batch)
    if batch.state != BatchState.CLOSED:
        raise NotDivisible(
            _("%(batch)s still runs. Close it first; then it is known what came out.") % {"batch": batch}
        )
    holds = open_holds(batch)
    if not holds and not is_commingled(batch):
        raise NotDivisible(_("All that %(batch)s took was one owner's. There is nothing to divide.") % {"batch": batch})
    list(Container.objects.for_change().filter(lot__in=lots_of(batch)))
    with audit.acting(by):
        division = Division.objects.create(
            batch=batch,
            number=batch.divisions.count() + 1,
            rule=shares.RULE,
            rule_version=shares.RULE_VERSION,
            divided_at=at,
            divided_by=by,
        )
        DivisionShare.objects.bulk_create(
            DivisionShare(
                division=division,
                owner=share.owner,
                material=share.material,
                grade=share.grade,
                charged_kg=share.charged_kg,
                share_kg=share.share_kg,
                given_kg=share.given_kg,
            )
            for share in shares_of(batch)
        )
        words = _("%(batch)s is divided by %(rule)s") % {"batch": batch, "rule": shares.RULE}
        for hold in holds:
            hold.released_at, hold.released_by, hold.release_reason = at, by, words
            hold.save(update_fields=["released_at", "released_by", "release_reason"])
    return division


def guard_release(hold: Hold) -> None:
    """Only the division lifts the hold on bags with several owners; told to the inventory when the room is ready."""
    if hold.kind != Hold.Kind.OWNERSHIP or hold.container.lot_id is None:
        return
    runs = Movement.objects.filter(kind=Kind.OUTPUT, to_container__lot=hold.container.lot_id).values("from_container")
    for batch in Batch.objects.filter(run__in=runs, recipe_version__may_commingle=True).select_related("site"):
        if hold.reason.startswith(_mark(batch)):
            raise NotDivided(
                _("%(container)s came out of %(batch)s, which several owners share. Divide that batch to free the bag.")
                % {"container": hold.container, "batch": batch}
            )


def of_other_batches(batch: Batch) -> Q:
    """Lots that a batch with several owners keeps to itself."""
    theirs = Movement.objects.filter(kind=Kind.OUTPUT, from_container__run_of__recipe_version__may_commingle=True)
    return Q(pk__in=theirs.exclude(from_container=batch.run_id).values("to_container__lot"))
