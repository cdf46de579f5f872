"""What stands where: the rows of the lists of lots and containers, one query each."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from plant.inventory.models import Container, ContainerQuerySet, Hold, Holding, Location, Lot
from plant.models import Site
from plant.units import ZERO_KG

Rows = QuerySet[Any, Any]

_HERE = Q(kg__gt=0, may_be_negative=False, location__kind__in=Location.REAL)  # the index of what is on hand


def lots(site: Site, chosen: dict[str, Any], columns: Iterable[str]) -> Rows:
    """Lots with what of them is on the site now: kg, containers, and how many of these are on hold; newest first."""
    here = Holding.objects.filter(_HERE, container__lot=OuterRef("pk")).order_by().values("container__lot")
    held = Exists(Hold.objects.open().filter(container=OuterRef("container")))
    found = Lot.objects.on_site(site).annotate(
        kg=Coalesce(Subquery(here.annotate(sum=Sum("kg")).values("sum")), ZERO_KG),
        containers_here=Coalesce(Subquery(here.annotate(n=Count("pk")).values("n")), 0),
        containers_held=Coalesce(Subquery(here.filter(held).annotate(n=Count("pk")).values("n")), 0),
    )
    if text := chosen.get("q"):
        found = found.filter(
            Q(reference__icontains=text)
            | Q(material__name__icontains=text)
            | Q(supplier__name__icontains=text)
            | Q(facility__name__icontains=text)
        )
    if stock := chosen.get("stock"):
        found = found.filter(Exists(here) if stock == "here" else ~Exists(here))
    if hold := chosen.get("hold"):
        found = found.filter(Exists(here.filter(held)) if hold == "held" else ~Exists(here.filter(held)))
    equal = {name: chosen[name] for name in ("material", "chemistry", "owner", "supplier") if name in chosen}
    rows: Rows = found.filter(**equal).order_by("-pk").values(*columns)
    return rows


def containers(site: Site, chosen: dict[str, Any], columns: Iterable[str]) -> Rows:
    """Boxes and heaps on the site with what is in them, by place and then by reference."""
    hold = Hold.objects.open().filter(container=OuterRef("container")).order_by("pk")
    found = Holding.objects.stock().filter(container__site=site).annotate(hold=Subquery(hold.values("kind")[:1]))
    if text := chosen.get("q"):
        found = found.filter(
            Q(container__reference__icontains=text)
            | Q(container__seal__icontains=text)
            | Q(container__lot__material__name__icontains=text)
            | Q(container__lot__supplier__name__icontains=text)
        )
    if is_held := chosen.get("hold"):
        found = found.filter(hold__isnull=is_held == "free")
    paths = {
        "bay": "location",
        "material": "container__lot__material",
        "chemistry": "container__lot__chemistry",
        "owner": "container__lot__owner",
        "condition": "container__condition",
    }
    equal = {path: chosen[name] for name, path in paths.items() if name in chosen}
    rows: Rows = found.filter(**equal).order_by("location__code", "container__reference").values(*columns)
    return rows


def packed() -> ContainerQuerySet:
    """Boxes and heaps, each with `kg` and `place` (None where it is empty or gone), its holds and who placed them."""
    here = Holding.objects.filter(_HERE, container=OuterRef("pk")).order_by("pk")
    return (
        Container.objects.packed()
        .annotate(
            kg=Subquery(here.values("kg")[:1]),
            place=Subquery(here.values("location__name")[:1]),
            place_code=Subquery(here.values("location__code")[:1]),
        )
        .select_related("kind", "site")
        .prefetch_related(Prefetch("holds", Hold.objects.select_related("placed_by", "released_by").order_by("pk")))
        .order_by("pk")
    )
