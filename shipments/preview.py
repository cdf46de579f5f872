"""What the consignee sees of a shipment, shown to our people: the partners' answer itself, not a copy of its rules."""

import json

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plant.access import Action, allowed
from plant.web import NotFound, StaffRequest, page
from shipments import api
from shipments.models import Shipment


@allowed(Action.SEE_PLANT)
@require_safe
def partner(request: StaffRequest, reference: str) -> HttpResponse:
    """The JSON that the consignee's key gets for this shipment now."""
    found = Shipment.objects.on_site(request.user.site).filter(reference=reference).select_related("consignee").first()
    seen = found and next(iter(api.read(Shipment.objects.visible_to(found.consignee).filter(pk=found.pk))), None)
    if not (found and seen):
        raise NotFound(
            _("No partner sees %(reference)s: only what was dispatched is shown.") % {"reference": reference}
        )
    answer = json.dumps(json.loads(seen.json), indent=2, ensure_ascii=False)
    address = request.build_absolute_uri(reverse("shipments-api:detail", args=[found.reference]))
    return page(request, "shipments/partner.html", {"shipment": found, "answer": answer, "address": address})
