"""What a scanned code is to shipments: a shipment; and which draft a scanned container can go into."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from plant import finding
from plant.access import Action, may
from plant.finding import Asker, Step, Thing
from plant.inventory.models import Container, Lot
from shipments import stock
from shipments.models import Shipment


def register() -> None:
    finding.add(find_shipment)
    finding.offer(ship_it)


def _page(shipment: Shipment) -> str:
    return reverse("shipments:shipment", args=[shipment.reference])


def find_shipment(code: str, asker: Asker) -> Thing | None:
    found = Shipment.objects.on_site(asker.user.site).select_related("consignee").filter(reference=code).first()
    if found is None:
        return None
    is_draft = found.state == Shipment.State.DRAFT and may(asker.user, Action.SHIP)
    step = Step(_("Pack it") if is_draft else _("Open its page"), _page(found), "truck", is_main=True)
    told = (str(found.get_state_display()), str(found.consignee))
    return Thing(_("Shipment"), found.reference, _page(found), "truck", found, told, steps=(step,))


def ship_it(thing: Thing, asker: Asker) -> Iterator[Step]:
    """Into a shipment that is being packed, where the container is ours to ship."""
    if not isinstance(thing.subject, Container) or not may(asker.user, Action.SHIP):
        return
    ours = stock.free_containers(asker.user.site).filter(lot__origin=Lot.Origin.OWN_PROCESS)
    if not ours.filter(pk=thing.subject.pk).exists():
        return
    query = urlencode({"stock": thing.code})
    for draft in Shipment.objects.on_site(asker.user.site).filter(state=Shipment.State.DRAFT).order_by("pk")[:3]:
        label = _("Pack it into %(shipment)s") % {"shipment": draft}
        yield Step(label, f"{_page(draft)}?{query}", "truck", is_main=True)
