"""The partners' view of shipments: `/api/v1/shipments/`. One statement reads a page with its lots and containers."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plant.api import cursors
from plant.api.models import Scope
from plant.api.rows import as_json, json_object
from plant.api.views import PartnerView
from shipments.masses import SHIPPED, weighing
from shipments.models import Shipment, ShipmentQuerySet
from shipments.serializers import (
    ContainerSerializer,
    LotSerializer,
    ShipmentPageSerializer,
    ShipmentParameters,
    ShipmentSerializer,
)

READ = f"""
    SELECT {json_object(ShipmentSerializer, "shipment")}::text, shipment.dispatched_at, shipment.reference
    FROM ({{shipments}}) AS shipment
    JOIN plant_party AS consignee ON consignee.id = shipment.consignee_id
    JOIN plant_facility AS ship_to ON ship_to.id = shipment.ship_to_id
    CROSS JOIN LATERAL (
        SELECT
            coalesce(json_agg({json_object(LotSerializer, "lot")} ORDER BY lot.reference), '[]') AS lots,
            count(*) AS lot_count,
            coalesce(sum(packed.container_count), 0) AS container_count,
            coalesce(sum(packed.net_mass_kg), 0.000) AS net_mass_kg,
            CASE WHEN bool_and(packed.is_gross_known) THEN sum(packed.gross_mass_kg) END AS gross_mass_kg
        FROM (
            SELECT
                container.lot_id,
                'as_weighed' AS mass_basis,
                json_agg({json_object(ContainerSerializer, "container")} ORDER BY container.reference) AS containers,
                count(*) AS container_count,
                sum(shipped.kg) AS net_mass_kg,
                sum(weighing.gross_kg) AS gross_mass_kg,
                bool_and(weighing.gross_kg IS NOT NULL) AS is_gross_known
            FROM shipments_shipmentline AS line
            JOIN inventory_container AS container ON container.id = line.container_id
            {SHIPPED}
            {weighing("shipped.kg")}
            WHERE line.shipment_id = shipment.id
            GROUP BY container.lot_id
        ) AS packed
        JOIN inventory_lot AS lot ON lot.id = packed.lot_id
        JOIN inventory_material AS material ON material.id = lot.material_id
        JOIN plant_party AS owner ON owner.id = lot.owner_id
        LEFT JOIN inventory_grade AS grade ON grade.id = lot.grade_id
        LEFT JOIN inventory_chemistry AS chemistry ON chemistry.id = lot.chemistry_id
    ) AS content
    ORDER BY shipment.dispatched_at DESC, shipment.reference DESC
"""


REFERENCE = OpenApiParameter(
    "reference", str, OpenApiParameter.PATH, pattern="^[-a-zA-Z0-9_]+$", description="Such as S-2026-000042."
)


@dataclass(frozen=True)
class Seen:
    """One shipment as it leaves, and its place in the order of the list."""

    json: str
    dispatched_at: dt.datetime
    reference: str

    @property
    def place(self) -> tuple[str, str]:
        return self.dispatched_at.isoformat(), self.reference


def read(shipments: ShipmentQuerySet) -> Iterator[Seen]:
    """The shipments with all that is in them, the newest dispatch first, in one statement.

    The queryset decides which ones; it is the one place that knows what a partner may see.
    """
    selected, chosen = shipments.with_returned_at().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(READ.format(shipments=selected), chosen)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return (Seen(*row) for row in rows)


def after(shipments: ShipmentQuerySet, dispatched_at: str, reference: str) -> ShipmentQuerySet:
    """What follows a place in the list. The first condition alone bounds the walk along the index."""
    at = dt.datetime.fromisoformat(dispatched_at)
    return shipments.filter(dispatched_at__lte=at).exclude(dispatched_at=at, reference__gte=reference)


class ShipmentList(PartnerView):
    """Your shipments from their dispatch on, the newest first."""

    scope = Scope.SHIPMENTS_READ
    parameters = ShipmentParameters

    @extend_schema(
        operation_id="list_shipments",
        summary="List shipments",
        tags=["Shipments"],
        parameters=[ShipmentParameters],
        responses=OpenApiResponse(ShipmentPageSerializer, "A page, the newest dispatch first."),
    )
    def get(self, request: Request) -> Response:
        limit, list_ = self.asked["limit"], f"shipments:{self.party.pk}"
        shipments = Shipment.objects.visible_to(self.party).order_by("-dispatched_at", "-reference")
        if state := self.asked.get("state"):
            shipments = shipments.filter(state=state)
        if cursor := self.asked.get("cursor"):
            shipments = after(shipments, *cursors.unseal(cursor, of=list_))
        page = list(read(shipments[: limit + 1]))
        is_last = len(page) <= limit
        onward = None if is_last else cursors.next_url(request, cursors.seal(page[limit - 1].place, of=list_))
        return Response({"results": [as_json(seen.json) for seen in page[:limit]], "next": onward})


class ShipmentDetail(PartnerView):
    """One shipment by its reference."""

    scope = Scope.SHIPMENTS_READ

    @extend_schema(
        operation_id="get_shipment",
        summary="Get a shipment",
        tags=["Shipments"],
        parameters=[REFERENCE],
        responses=OpenApiResponse(ShipmentSerializer, "The shipment as it is now."),
    )
    def get(self, request: Request, reference: str) -> Response:
        for seen in read(Shipment.objects.visible_to(self.party).filter(reference=reference)):
            return Response(as_json(seen.json))
        raise Http404
