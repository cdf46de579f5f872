"""Yield, closure and unaccounted of a batch (F3, F4, F5): rows of its run in, one frozen result out.

The page, the service that closes a batch, the worker and a report call the same function, so they agree. All masses
are as weighed, in kg; ratios are plain numbers (1 = 100 %). Full check in - check out, as the AMIRA P754 code of metal
accounting asks for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from plant.inventory.models import Container, Location, Movement
from plant.units import ZERO_KG

FORMULA = "F3-F5 as weighed"
FORMULA_VERSION = 1

_CHARGES = (Movement.Kind.CHARGE, Movement.Kind.RETURN)
_RUN_STANDS_IN = (Location.Kind.LINE, Location.Kind.UNIT)


@dataclass(frozen=True)
class Entry:
    """One movement of a run: by how many kg the run's content changed (what leaves it is negative).

    A reversal changes it back, so sums need to know nothing of reversals.
    """

    kind: str
    change_kg: Decimal
    is_weighed: bool = False
    is_product: bool = False
    needs_blend_approval: bool = False
    movement: int | None = None


@dataclass(frozen=True)
class BatchYield:
    """What a batch took, gave and lost, in kg as weighed, and the ratios that follow."""

    charged_kg: Decimal
    """I, the net charge: charges less returns."""
    product_kg: Decimal
    """m_BM: outputs of the batch's product grade."""
    outputs_kg: Decimal
    """O: outputs of all materials."""
    losses_kg: Decimal
    """L: typed losses, never the unaccounted."""
    weighed_losses_kg: Decimal
    """Those losses whose mass was weighed or metered."""
    heel_opening_kg: Decimal
    """H0, declared at opening."""
    heel_closing_kg: Decimal
    """H1, declared at closing."""
    posted_unaccounted_kg: Decimal
    """What the ledger has posted to unaccounted; a gain is negative. Equals F5 once the batch is closed."""
    blend_kg: Decimal
    """Net charge of materials that need a blend approval (RULE-4: anode foil)."""

    @property
    def in_run_kg(self) -> Decimal:
        """What the run holds now; below zero while outputs were booked before their charge, zero after the close."""
        return self.unaccounted_kg - self.posted_unaccounted_kg

    @property
    def unaccounted_kg(self) -> Decimal:
        """F5: U = I - O - L - (H1 - H0), signed: a gain is negative."""
        return self.charged_kg - self.outputs_kg - self.losses_kg - (self.heel_closing_kg - self.heel_opening_kg)

    @property
    def yield_ratio(self) -> Decimal | None:
        """F3 as weighed: Y = m_BM / I. None where nothing was charged."""
        return self._of_charge(self.product_kg)

    @property
    def closure_ratio(self) -> Decimal | None:
        """F4: C = (O + L + H1 - H0) / I. None where nothing was charged."""
        return self._of_charge(self._explained(self.losses_kg))

    @property
    def weighed_closure_ratio(self) -> Decimal | None:
        """F4 with only those losses whose mass was weighed. None where nothing was charged."""
        return self._of_charge(self._explained(self.weighed_losses_kg))

    @property
    def blend_share_ratio(self) -> Decimal | None:
        """Share of the net charge that needs a blend approval (RULE-4). None where nothing was charged."""
        return self._of_charge(self.blend_kg)

    def _explained(self, losses_kg: Decimal) -> Decimal:
        return self.outputs_kg + losses_kg + self.heel_closing_kg - self.heel_opening_kg

    def _of_charge(self, mass_kg: Decimal) -> Decimal | None:
        return mass_kg / self.charged_kg if self.charged_kg > 0 else None


def of(entries: Iterable[Entry]) -> BatchYield:
    """The yield of a run with these entries (F3, F4, F5)."""
    rows = list(entries)

    def into(*kinds: str) -> Decimal:
        return sum((row.change_kg for row in rows if row.kind in kinds), ZERO_KG)

    return BatchYield(
        charged_kg=into(*_CHARGES),
        product_kg=-sum((row.change_kg for row in rows if row.is_product), ZERO_KG),
        outputs_kg=-into(Movement.Kind.OUTPUT),
        losses_kg=-into(Movement.Kind.LOSS),
        weighed_losses_kg=-sum(
            (row.change_kg for row in rows if row.kind == Movement.Kind.LOSS and row.is_weighed), ZERO_KG
        ),
        heel_opening_kg=into(Movement.Kind.HEEL_IN),
        heel_closing_kg=-into(Movement.Kind.HEEL_OUT),
        posted_unaccounted_kg=-into(Movement.Kind.UNACCOUNTED),
        blend_kg=sum((row.change_kg for row in rows if row.needs_blend_approval), ZERO_KG),
    )


def entries_of(run: Container, *, grade_id: int) -> list[Entry]:
    """The entries of a run, oldest first, in one query; `grade_id` is the batch's product grade."""
    rows = (
        Movement.objects.of_container(run)
        .order_by("pk")
        .values_list(
            "pk",
            "kind",
            "kg",
            "how_known",
            "from_container",
            "from_location__kind",
            "from_container__lot__material__needs_blend_approval",
            "to_container__lot__material__needs_blend_approval",
            "from_container__lot__grade",
            "to_container__lot__grade",
        )
    )
    entries = []
    for pk, kind, kg, how_known, from_id, from_kind, from_blend, to_blend, from_grade, to_grade in rows:
        leaves = from_id == run.pk and from_kind in _RUN_STANDS_IN
        entries.append(
            Entry(
                kind=kind,
                change_kg=-kg if leaves else kg,
                is_weighed=how_known == Movement.HowKnown.WEIGHED,
                is_product=kind == Movement.Kind.OUTPUT and grade_id in (from_grade, to_grade),
                needs_blend_approval=kind in _CHARGES and bool(from_blend or to_blend),
                movement=pk,
            )
        )
    return entries
