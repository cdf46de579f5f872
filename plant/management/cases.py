"""Acceptance cases: one case is one batch, entered through the services as an operator would, computed by the workers.

A case file is JSON with a list `cases` (a list `vectors` is not for this). Masses in kg, shares in percent. What a case
says beyond yield and closure is printed as not checked.
"""

import datetime as dt
import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from intake import services as intake
from plant import recompute
from plant.demo.site import Plant
from plant.inventory import master_data
from plant.inventory.models import Chemistry, Container, Location, Lot, Movement, Pool
from plant.inventory.weighing import Reading
from plant.units import kg
from processing import services as processing
from processing.models import Batch, BatchResult

HEAVIEST_CONTAINER_KG = Decimal(40_000)
HUNDRED = Decimal(100)
LONGEST_WAIT_SECONDS = 60

FEED_TYPES = {
    "electrode_scrap_mixed": "ELECTRODE_MIX",
    "rejected_cells": "WET_CELL",
    "module": "MODULE",
    "pack": "PACK",
    "cathode_foil": "CATHODE_FOIL",
    "anode_foil": "ANODE_FOIL",
    "dry_jelly_roll": "DRY_STACK",
}
OUTPUTS = {
    "black_mass": "BLACK_MASS",
    "fraction_below_0_5mm": "BLACK_MASS",
    "copper_fraction": "COPPER",
    "aluminum_fraction": "ALUMINIUM",
    "steel_fraction": "STEEL",
    "plastics_separator": "PLASTICS",
    "solvent_condensate": "CONDENSATE",
    "residue_balance": "RESIDUE",
    "five_coarser_fractions": "RESIDUE",
    "all_other": "RESIDUE",
    "electrolyte_to_gas_treatment": "OFF_GAS",
}
CHECKED = ("overall_black_mass_yield_pct", "closure_pct")
NOT_KNOWN_YET = (
    "black_mass_element_kg",
    "element_recovery_to_black_mass_pct",
    "enrichment_ratio",
    "feed_assay_wt_pct",
    "black_mass_assay_wt_pct",
)
ENTERED = ("id", "title", "source", "verified", "evidence", "note", "tolerance", "feed_type", "scrap_type", "chemistry")
FEED = ("inputs_kg", "inputs_by_type_kg", "input_total_kg", "outputs_kg", "output_total_kg")


class BadCase(Exception):
    """A file or case that cannot be entered; the message says what is wrong with it."""


@dataclass(frozen=True)
class Case:
    """One batch as the file says it: feed in kg by scrap type, outputs in kg by the file's names."""

    id: str
    chemistry: str
    feed_kg: dict[str, Decimal]
    outputs_kg: dict[str, Decimal]
    expected_pct: dict[str, Decimal]
    tolerance_pct_points: Decimal
    unknown: list[str]

    @property
    def residue_kg(self) -> Decimal:
        return sum((mass for name, mass in self.outputs_kg.items() if material_of(name) == "RESIDUE"), Decimal(0))

    @property
    def input_kg(self) -> Decimal:
        return sum(self.feed_kg.values(), Decimal(0))

    def without_residue(self) -> dict[str, Decimal]:
        return {name: mass for name, mass in self.outputs_kg.items() if material_of(name) != "RESIDUE"}


@dataclass
class Line:
    """One figure: what was expected, what the plant computed, whether it is within `tolerance`."""

    figure: str
    expected: Decimal
    computed: Decimal | None
    tolerance: Decimal
    unit: str = "%"

    @property
    def is_right(self) -> bool:
        return self.computed is not None and abs(self.computed - self.expected) <= self.tolerance

    def __str__(self) -> str:
        computed = "nothing" if self.computed is None else f"{self.computed:.4f}"
        difference = "" if self.computed is None else f"{self.computed - self.expected:+.4f}"
        verdict = "ok" if self.is_right else "OUTSIDE"
        return (
            f"  {self.figure:<34} expected {self.expected:>12.4f} {self.unit:<2}  computed {computed:>12}  "
            f"difference {difference:>10}  tolerance {self.tolerance}  {verdict}"
        )


@dataclass
class Verdict:
    """What came of one case."""

    case: str
    lines: list[Line] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return all(line.is_right for line in self.lines)


def material_of(output: str) -> str:
    """What an output of a case is booked as: a material or the typed loss; an unknown name is residue (and said so)."""
    return OUTPUTS.get(output, "RESIDUE")


def read(path: Path) -> list[Case]:
    """The cases of one file. Raises `BadCase`."""
    try:
        content = json.loads(path.read_text(), parse_float=Decimal, parse_int=Decimal)
    except (OSError, ValueError) as problem:
        raise BadCase(f"{path} cannot be read as JSON: {problem}") from problem
    if not isinstance(content, dict) or not isinstance(content.get("cases"), list):
        raise BadCase(f"{path} has no list “cases”.")
    return [_read_case(raw, path) for raw in content["cases"]]


def _read_case(raw: dict[str, Any], path: Path) -> Case:
    name = str(raw.get("id", "a case without id"))
    try:
        outputs = {key: kg(mass) for key, mass in raw["outputs_kg"].items()}
        feed = _feed(raw)
        tolerance = raw.get("tolerance", {})
        return Case(
            id=name,
            chemistry=str(raw["chemistry"]),
            feed_kg=feed,
            outputs_kg=outputs,
            expected_pct={key: Decimal(raw[key]) for key in CHECKED if key in raw},
            tolerance_pct_points=Decimal(tolerance.get("pct_points", Decimal("0.02"))),
            unknown=[key for key in raw if key not in (*CHECKED, *ENTERED, *FEED)],
        )
    except (KeyError, AttributeError, TypeError, ArithmeticError) as problem:
        raise BadCase(f"{path}: {name} is not of the shape of a case ({problem!r}).") from problem


def _feed(raw: dict[str, Any]) -> dict[str, Decimal]:
    if "inputs_by_type_kg" in raw:
        return {code: kg(mass) for code, mass in raw["inputs_by_type_kg"].items()}
    code = raw.get("scrap_type") or FEED_TYPES[raw["feed_type"]]
    return {code: kg(raw["input_total_kg"])}


def pool_of(chemistry: str) -> Pool:
    """The pool of a chemistry by its name: LFP, or nickel where N stands for it (NMC, NCM, NCA, NCMA, LNO)."""
    name = chemistry.upper()
    if "LFP" in name or "LMFP" in name:
        return Pool.LFP
    return Pool.NICKEL if name.startswith("N") or "LNO" in name else Pool.OTHER


def portions(mass_kg: Decimal) -> Iterator[Decimal]:
    """The mass in as many containers of at most 40,000 kg as needed."""
    left = mass_kg
    while left > 0:
        portion = min(left, HEAVIEST_CONTAINER_KG)
        yield portion
        left -= portion


class Desk:
    """Enters cases into a plant and waits for its workers; `wait` is called while their result is not there."""

    def __init__(
        self,
        plant: Plant,
        *,
        now: Callable[[], dt.datetime],
        wait: Callable[[], object] = lambda: time.sleep(0.02),
    ) -> None:
        self.plant = plant
        self.now = now
        self.wait = wait
        self.numbers = itertools.count(1)
        self.operator = plant.users["operator"]
        self.supervisor = plant.users["supervisor"]

    def judge(self, case: Case) -> Verdict:
        """The case as it is, and again without its residue: closure must then fall by just that (control a)."""
        verdict = Verdict(case.id)
        result = self.run(case, case.outputs_kg)
        yield_pct, closure_pct = _percent(result.yield_ratio), _percent(result.closure_ratio)
        for figure, computed in zip(CHECKED, (yield_pct, closure_pct), strict=True):
            if figure in case.expected_pct:
                verdict.lines.append(Line(figure, case.expected_pct[figure], computed, case.tolerance_pct_points))
        self._control(case, verdict)
        for output in case.outputs_kg:
            if output not in OUTPUTS:
                verdict.remarks.append(f"output {output} is not known: entered as residue")
        for figure in case.unknown:
            why = "not known yet (assays)" if figure in NOT_KNOWN_YET else "not checked"
            verdict.remarks.append(f"{figure}: {why}")
        return verdict

    def _control(self, case: Case, verdict: Verdict) -> None:
        if not case.residue_kg:
            verdict.remarks.append("control (a): the case has no residue line")
            return
        result = self.run(case, case.without_residue())
        closed = sum(case.without_residue().values(), Decimal(0))
        expected = closed / case.input_kg * HUNDRED
        tolerance = case.tolerance_pct_points
        verdict.lines += [
            Line("control (a) closure", expected, _percent(result.closure_ratio), tolerance),
            Line("control (a) unaccounted", case.input_kg - closed, result.unaccounted_kg, Decimal(0), "kg"),
        ]

    def run(self, case: Case, outputs_kg: dict[str, Decimal]) -> BatchResult:
        """Receive, charge, bag and close one batch on a line of its own; the workers' result."""
        batch, containers = self._open(case)
        for container in containers:
            processing.charge(batch=batch, container=container, by=self.operator, at=self.now(), now=self.now())
        for name, mass_kg in outputs_kg.items():
            if mass_kg:
                self._give(batch, name, mass_kg)
        processing.close_batch(
            batch=batch,
            heel="empty",
            explanation=f"acceptance case {case.id}",
            by=self.supervisor,
            at=self.now(),
            now=self.now(),
        )
        return self._result(batch)

    def _open(self, case: Case) -> tuple[Batch, list[Container]]:
        site, number = self.plant.site, next(self.numbers)
        chemistry = self._chemistry(case)
        line = processing.create_line(
            site=site, code=f"CASE-{number}", name=f"Line of case {number}", parent=self.plant.locations["PROCESS"]
        )
        recipe = processing.create_recipe(
            site=site, code=f"CASE-{number}", name="Whole packs" if "PACK" in case.feed_kg else f"Case {case.id}"[:80]
        )
        version = processing.add_recipe_version(
            recipe=recipe, lines=[line], materials=[self.plant.materials[code] for code in case.feed_kg]
        )
        containers = [c for code, mass in case.feed_kg.items() for c in self._receive(code, chemistry, mass)]
        batch = processing.draft_batch(
            recipe_version=version,
            line=line,
            grade=self._grade(chemistry),
            chemistry=chemistry,
            owner=self.plant.parties["GMBI"],
            note=case.id,
            by=self.operator,
            at=self.now(),
        )
        processing.open_batch(batch=batch, by=self.operator, at=self.now(), now=self.now())
        if any(self.plant.materials[code].needs_blend_approval for code in case.feed_kg):
            processing.approve_blend(
                batch=batch,
                reason="the case says so",
                largest_share_ratio=Decimal(1),
                by=self.supervisor,
                at=self.now(),
            )
        return batch, containers

    def _chemistry(self, case: Case) -> Chemistry:
        if case.chemistry not in self.plant.chemistries:
            self.plant.chemistries[case.chemistry] = master_data.define_chemistry(
                site=self.plant.site, code=case.chemistry[:20], pool=pool_of(case.chemistry)
            )
        return self.plant.chemistries[case.chemistry]

    def _grade(self, chemistry: Chemistry) -> Any:
        code = {Pool.NICKEL: "NMC_BM", Pool.LFP: "LFP_BM", Pool.OTHER: "GRAPHITE"}[Pool(chemistry.pool)]
        return self.plant.grades[code]

    def _receive(self, code: str, chemistry: Chemistry, mass_kg: Decimal) -> list[Container]:
        at = self.now()
        receipt = intake.book_receipt(
            site=self.plant.site,
            supplier=self.plant.parties["LGES"],
            facility=self.plant.facilities["LANSING"],
            bill_of_lading="CASE",
            carrier="Contract carrier",
            trailer="",
            seal="",
            received_at=at,
            note="",
            by=self.operator,
            now=at,
        )
        first, *others = portions(mass_kg)
        common: dict[str, Any] = {
            "kind": self.plant.kinds["HEAP"],
            "bay": self.plant.locations["A-01"],
            "confirmed": True,
            "by": self.operator,
        }
        containers = [
            intake.receive_lot(
                receipt=receipt,
                material=self.plant.materials[code],
                origin=Lot.Origin.PRODUCTION_SCRAP,
                chemistry=chemistry,
                owner=self.plant.parties["GMBI"],
                reading=self._weighed(first),
                now=at,
                **common,
            )
        ]
        for portion in others:
            lot = containers[0].lot
            assert lot is not None
            containers.append(intake.receive_another(lot=lot, reading=self._weighed(portion), now=at, **common))
        if self.plant.materials[code].needs_discharge:
            for container in containers:
                processing.record_discharge(
                    container=container, passed=True, voltage_v=Decimal(0), note="", by=self.operator, at=self.now()
                )
        return containers

    def _weighed(self, mass_kg: Decimal) -> Reading:
        return Reading(unit="kg", net=mass_kg)

    def _give(self, batch: Batch, name: str, mass_kg: Decimal) -> None:
        if material_of(name) == "OFF_GAS":
            off_gas = Location.objects.get(site=self.plant.site, kind=Location.Kind.LOSS, code="OFF_GAS")
            processing.add_loss(
                batch=batch,
                loss=off_gas,
                kg=mass_kg,
                how_known=Movement.HowKnown.CALCULATED,
                formula="F22",
                by=self.operator,
                at=self.now(),
                now=self.now(),
            )
            return
        for bag in self._bags(name, mass_kg):
            processing.add_output(
                batch=batch,
                material=self.plant.materials[material_of(name)],
                kind=self.plant.kinds["HEAP"],
                reading=self._weighed(bag),
                bay=self.plant.locations["P-01"],
                confirmed=True,
                by=self.operator,
                at=self.now(),
                now=self.now(),
            )

    def _bags(self, name: str, mass_kg: Decimal) -> Iterable[Decimal]:
        """Black mass in two bags, 60 % and the rest; the others in one, where one can hold them."""
        if material_of(name) != "BLACK_MASS":
            return portions(mass_kg)
        first = kg(mass_kg * Decimal("0.6"))
        return itertools.chain(portions(first), portions(mass_kg - first))

    def _result(self, batch: Batch) -> BatchResult:
        """Wait for the worker. Raises `BadCase` when it does not come."""
        ends = time.monotonic() + LONGEST_WAIT_SECONDS
        while time.monotonic() < ends:
            result = BatchResult.objects.filter(batch=batch, is_final=True).first()
            if result is not None and not recompute.staleness("batch-yield", batch.reference).waiting:
                return result
            self.wait()
        raise BadCase(f"No worker computed {batch.reference} within {LONGEST_WAIT_SECONDS} s.")


def _percent(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio * HUNDRED
