"""What scrap consists of and what a batch of it gives, in shares of its mass.

Published: cell and electrode-scrap compositions and the split of Argonne's EverBatt 2023 (workbook of software
SF-18-022, sheet "Preproc. Par.", rows 200-282 and cells AD102-AD105; BatPaC 5.0 cells). Ours: half of the solvent is
caught in the condenser, what a module and a pack weigh beside their cells, and the scatter from batch to batch
(`plant.demo.floor`). No bill of materials of an NCMA cell was published: it is taken as an NMC811 cell.
"""

from collections.abc import Mapping
from decimal import Decimal

Shares = Mapping[str, Decimal]
"""By component or output, 1 = the whole."""


def _percent(**parts: str) -> dict[str, Decimal]:
    """Shares of their sum: a published table's rounding does not matter."""
    whole = sum(map(Decimal, parts.values()))
    return {name: Decimal(part) / whole for name, part in parts.items()}


_NMC811_CELL = _percent(
    cathode="42.90", graphite="29.10", carbon="0.89", pvdf="0.89", binder="0.59", copper="7.80", aluminium="5.15",
    salt="1.74", solvent="9.69", separator="0.97", pet="0.28",
)  # fmt: skip
_NMC622_CELL = _percent(
    cathode="44.78", graphite="27.12", carbon="0.93", pvdf="0.93", binder="0.55", copper="7.95", aluminium="5.17",
    salt="1.71", solvent="9.56", separator="1.01", pet="0.27",
)  # fmt: skip
_LFP_CELL = _percent(
    cathode="45.65", graphite="22.54", carbon="0.95", pvdf="0.95", binder="0.46", copper="9.63", aluminium="5.92",
    salt="1.87", solvent="10.45", separator="1.30", pet="0.27",
)  # fmt: skip
_CELLS = {"NMC811": _NMC811_CELL, "NCMA": _NMC811_CELL, "NMC622": _NMC622_CELL, "LFP": _LFP_CELL}
_TRIM = _percent(
    cathode="437.100", graphite="296.504", carbon="9.106", pvdf="9.106", binder="6.051", copper="145.789",
    aluminium="96.344",
)  # fmt: skip
"""Mixed electrode scrap of NMC811, with more bare foil than a cell has."""

_CELLS_OF_A_MODULE = Decimal("297.7") / Decimal("337.3")
"""kg of cells in the kg of modules of EverBatt's 100 kWh pack; the housing counts as aluminium here."""
_CONDENSED = Decimal("0.5")

PACK: Shares = {
    "MODULE": Decimal("337.3") / Decimal("488.7"),
    "STEEL": Decimal("0.199"),
    "ALUMINIUM": Decimal("0.055"),
    "PLASTICS": Decimal("0.014"),
    "RESIDUE": Decimal("0.040"),
}
"""What the bench takes out of a pack: modules as in EverBatt's 488.7 kg pack, of the rest what it lists as steel,
and our guess of case, harness, electronics and coolant."""


def _only(parts: Shares, *names: str) -> dict[str, Decimal]:
    whole = sum(parts[name] for name in names)
    return {name: parts[name] / whole for name in names}


def consists_of(material: str, chemistry: str) -> dict[str, Decimal]:
    """The components of a scrap type, from those of the cell it was to become."""
    cell = _CELLS.get(chemistry, _NMC811_CELL)
    match material:
        case "POWDER":
            return {"cathode": Decimal(1)}
        case "CATHODE_FOIL":
            return _only(_TRIM, "cathode", "carbon", "pvdf", "aluminium")
        case "ANODE_FOIL":
            return _only(_TRIM, "graphite", "binder", "copper")
        case "ELECTRODE_MIX":
            return dict(_TRIM)
        case "DRY_STACK":
            return _only(cell, *(name for name in cell if name not in ("salt", "solvent")))
        case "MODULE":
            module = {name: share * _CELLS_OF_A_MODULE for name, share in cell.items()}
            return module | {"aluminium": module["aluminium"] + 1 - _CELLS_OF_A_MODULE}
        case _:
            return dict(cell)


def gives(material: str, chemistry: str) -> dict[str, Decimal]:
    """Outputs and typed losses of shredding, drying and sieving one kilogram; what is left of it is residue.

    Black mass = 0.95 (cathode + graphite + carbon black) + 0.05 (binders + copper + aluminium); copper and aluminium
    0.90 of their own (EverBatt 2023).
    """
    if material == "PACK":
        return dict(PACK)
    parts = consists_of(material, chemistry)

    def of(*names: str) -> Decimal:
        return sum((parts.get(name, Decimal(0)) for name in names), Decimal(0))

    out = {
        "BLACK_MASS": Decimal("0.95") * of("cathode", "graphite", "carbon")
        + Decimal("0.05") * of("pvdf", "binder", "copper", "aluminium"),
        "COPPER": Decimal("0.90") * of("copper"),
        "ALUMINIUM": Decimal("0.90") * of("aluminium"),
        "PLASTICS": of("separator", "pet"),
        "CONDENSATE": _CONDENSED * of("solvent"),
        "OFF_GAS": of("salt") + (1 - _CONDENSED) * of("solvent"),
    }
    out["RESIDUE"] = 1 - sum(out.values(), Decimal(0))
    return {name: share for name, share in out.items() if share}
