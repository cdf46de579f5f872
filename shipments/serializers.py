"""What leaves the house about a shipment: the fields of the JSON, of the OpenAPI document and of the SQL at once.

A field added here is published for good. `api.py` joins the tables that the sources name.
"""

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from plant.api.parameters import PageParameters
from shipments.models import ShipmentState

SEEN = (ShipmentState.DISPATCHED, ShipmentState.DELIVERED, ShipmentState.RETURNED, ShipmentState.CANCELLED)
"""The states a consignee meets. A draft is none of them, and a shipment that was seen never disappears."""
STATES = [(state.value, state.label) for state in SEEN]


EXAMPLE = {
    "reference": "S-2026-000042",
    "version": 1,
    "state": "dispatched",
    "consignee": {"code": "POST1", "name": "Post-processor 1"},
    "ship_to": {"code": "POST1-PLANT", "name": "Post-processor 1, refinery", "address": "1 Refinery Road, Example, SC"},
    "purchase_order_number": "4500012345",
    "contract_number": None,
    "bill_of_lading_number": "BOL-2026-0107",
    "carrier": "Contract carrier",
    "trailer": "TR-77",
    "seals": ["SL-1001", "SL-1002"],
    "dispatched_at": "2026-11-22T18:05:00+00:00",
    "delivered_at": None,
    "returned_at": None,
    "lots": [
        {
            "reference": "L-2026-000031",
            "material": "BLACK_MASS",
            "grade": "NMC_BM",
            "chemistry": "NMC811",
            "owner": {"code": "LGES", "name": "LG Energy Solution"},
            "net_mass_kg": "842.500",
            "mass_basis": "as_weighed",
            "containers": [
                {
                    "reference": "L-2026-000031-01",
                    "sscc": None,
                    "gross_mass_kg": "845.500",
                    "tare_mass_kg": "3.000",
                    "net_mass_kg": "842.500",
                    "weighed_at": "2026-11-21T09:14:00+00:00",
                }
            ],
        }
    ],
    "totals": {"lots": 1, "containers": 1, "gross_mass_kg": "845.500", "net_mass_kg": "842.500"},
    "updated_at": "2026-11-22T18:05:02.417331+00:00",
}


@extend_schema_field({"type": "string", "pattern": r"^[0-9]+\.[0-9]{3}$", "examples": ["842.500"]})
class MassField(serializers.DecimalField):
    """Kilograms to the gram, as a string: "842.500"."""

    def __init__(self, *, source: str | None = None, allow_null: bool = False, help_text: str = "") -> None:
        super().__init__(max_digits=15, decimal_places=3, source=source, allow_null=allow_null, help_text=help_text)


class PartySerializer(serializers.Serializer[None]):
    """A company, by our code and name for it."""

    code = serializers.CharField()
    name = serializers.CharField()


class FacilitySerializer(serializers.Serializer[None]):
    """A plant or dock of the consignee."""

    code = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()


class ContainerSerializer(serializers.Serializer[None]):
    """One bag, drum or box, shipped whole."""

    reference = serializers.CharField(help_text="Printed on its label.")
    sscc = serializers.CharField(allow_null=True, help_text="GS1 serial shipping container code, where it has one.")
    gross_mass_kg = MassField(
        source="weighing.gross_kg",
        allow_null=True,
        help_text="As its last weighing read it; null where its net mass does not come from one weighing.",
    )
    tare_mass_kg = MassField(source="weighing.tare_kg", allow_null=True, help_text="The container without content.")
    net_mass_kg = MassField(source="shipped.kg", help_text="What our ledger shipped to you in it.")
    weighed_at = serializers.DateTimeField(source="weighing.weighed_at", allow_null=True)


class LotSerializer(serializers.Serializer[None]):
    """One quantity with one identity and one owner, in one or more of the shipment's containers."""

    reference = serializers.CharField()
    material = serializers.CharField(
        source="material.code", help_text="Our code, such as BLACK_MASS. The list is open."
    )
    grade = serializers.CharField(source="grade.code", allow_null=True, help_text="Product grade, such as NMC_BM.")
    chemistry = serializers.CharField(source="chemistry.code", allow_null=True, help_text="Such as NMC811.")
    owner = PartySerializer(help_text="Who owns the material while it is on its way.")
    net_mass_kg = MassField(source="packed.net_mass_kg", help_text="The sum of its containers here.")
    mass_basis = serializers.ChoiceField(
        source="packed.mass_basis",
        choices=[("as_weighed", "As weighed, moisture included")],
        help_text="On which basis the masses are.",
    )
    containers = ContainerSerializer(source="packed.containers", many=True)


class TotalsSerializer(serializers.Serializer[None]):
    """Sums over the whole shipment."""

    lots = serializers.IntegerField(source="lot_count", min_value=0)
    containers = serializers.IntegerField(source="container_count", min_value=0)
    gross_mass_kg = MassField(allow_null=True, help_text="Null where a container's gross mass is.")
    net_mass_kg = MassField()


@extend_schema_serializer(examples=[OpenApiExample("One lot in one bag", EXAMPLE)], many=False)
class ShipmentSerializer(serializers.Serializer[None]):
    """A shipment as its consignee sees it."""

    reference = serializers.CharField(help_text="Ours, unique for ever.")
    version = serializers.IntegerField(min_value=1, help_text="Grows with every change after dispatch.")
    state = serializers.ChoiceField(choices=STATES, help_text="cancelled: announced in error, it never left.")
    consignee = PartySerializer()
    ship_to = FacilitySerializer()
    purchase_order_number = serializers.CharField(allow_null=True, help_text="Yours. This or the contract is there.")
    contract_number = serializers.CharField(allow_null=True)
    bill_of_lading_number = serializers.CharField(source="bill_of_lading")
    carrier = serializers.CharField()
    trailer = serializers.CharField(allow_null=True)
    seals = serializers.ListField(child=serializers.CharField())
    dispatched_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)
    lots = LotSerializer(source="content.lots", many=True)
    totals = TotalsSerializer(source="content")
    updated_at = serializers.DateTimeField(help_text="When we last changed it.")


NEXT = "https://plant.example/api/v1/shipments/?limit=1&cursor=WyIyMDI2LTExLTIyVDE4OjA1OjAwKzAwOjAwIl0.c2lnbmF0dXJl"


@extend_schema_serializer(examples=[OpenApiExample("A page of one", {"results": [EXAMPLE], "next": NEXT})], many=False)
class ShipmentPageSerializer(serializers.Serializer[None]):
    """A page of shipments, the newest dispatch first."""

    results = ShipmentSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The address of the next page, or null on the last one.")


class ShipmentParameters(PageParameters):
    """What the list of shipments takes."""

    state = serializers.ChoiceField(choices=STATES, required=False, help_text="Only shipments in this state.")
