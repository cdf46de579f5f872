"""What workers compute of a batch."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from plant import recompute
from processing import yields
from processing.models import Batch, BatchResult, BatchState

_MASSES = (
    "charged_kg",
    "product_kg",
    "outputs_kg",
    "losses_kg",
    "weighed_losses_kg",
    "heel_opening_kg",
    "heel_closing_kg",
    "unaccounted_kg",
)
_RATIOS = ("yield_ratio", "closure_ratio", "weighed_closure_ratio")
_RATIO = Decimal("0.00000001")


def batch_keys() -> list[str]:
    """Every batch that was ever opened."""
    opened = Batch.objects.filter(opened_at__isnull=False)
    return list(opened.order_by("reference").values_list("reference", flat=True))


def stored_batch_yield(key: str) -> dict[str, Any]:
    """The stored figures of a batch, for comparison by `reconcile`."""
    stored = BatchResult.objects.filter(batch__reference=key)
    return stored.values(*_MASSES, *_RATIOS, "is_final", "movements", "last_movement").first() or {}


@recompute.fact("batch-yield", keys=batch_keys, stored=stored_batch_yield)
def batch_yield(key: str, now: dt.datetime) -> None:
    """Yield, closure and unaccounted (F3, F4, F5) of one batch; key is its reference."""
    batch = Batch.objects.select_related("run").get(reference=key)
    entries = yields.entries_of(batch.run, grade_id=batch.grade_id)
    figures = yields.of(entries)
    values: dict[str, Any] = {
        **{name: getattr(figures, name) for name in _MASSES},
        **{name: _rounded(getattr(figures, name)) for name in _RATIOS},
        "is_final": batch.state == BatchState.CLOSED,
        "movements": len(entries),
        "last_movement": entries[-1].movement if entries else None,
        "formula": yields.FORMULA,
        "formula_version": yields.FORMULA_VERSION,
        "computed_at": now,
    }
    BatchResult.objects.bulk_create(  # one statement: years of batches are computed again in one go
        [BatchResult(batch=batch, **values)], update_conflicts=True, unique_fields=["batch"], update_fields=[*values]
    )


def _rounded(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio.quantize(_RATIO, rounding=ROUND_HALF_EVEN)
