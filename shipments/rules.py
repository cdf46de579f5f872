"""What keeps a shipment from leaving: the page lists it, the service refuses with it."""

from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.inventory.models import Container, Hold
from shipments.models import Shipment


class PapersMissing(DomainError):
    code = "papers_missing"


class NothingLoaded(DomainError):
    code = "nothing_loaded"


class ContainerHeld(DomainError):
    code = "held"


class ContainerGone(DomainError):
    code = "gone"


def missing_papers(shipment: Shipment) -> list[DomainError]:
    """The papers a shipment lacks to be on the road, each at its field."""
    missing: list[DomainError] = []
    if not (shipment.purchase_order_number or shipment.contract_number):
        sentence = _("Enter the purchase order or the contract number it is shipped under.")
        missing.append(PapersMissing(sentence, field="purchase_order_number"))
    if not shipment.bill_of_lading:
        missing.append(PapersMissing(_("Enter the number of the bill of lading."), field="bill_of_lading"))
    if not shipment.carrier:
        missing.append(PapersMissing(_("Enter the carrier that takes it."), field="carrier"))
    return missing


def leaving_problems(shipment: Shipment) -> list[DomainError]:
    """All that keeps a draft from leaving; empty when it may. The service asks again under its locks."""
    containers = Container.objects.filter(shipment_lines__shipment=shipment).order_by("reference")
    found = list(containers)
    problems = missing_papers(shipment)
    if not found:
        problems.append(NothingLoaded(_("Add the containers that are loaded.")))
    for hold in Hold.objects.open().filter(container__in=found).select_related("container").order_by("container", "pk"):
        sentence = _("%(container)s is on a %(kind)s hold (%(reason)s). Take it out, or have the hold lifted.")
        words = {"container": hold.container, "kind": hold.get_kind_display().lower(), "reason": hold.reason}
        problems.append(ContainerHeld(sentence % words))
    standing = set(containers.in_stock().values_list("pk", flat=True))
    for container in found:
        if container.pk not in standing:
            sentence = _("%(container)s is empty or has left the site. Take it out.")
            problems.append(ContainerGone(sentence % {"container": container}))
    return problems
