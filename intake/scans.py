"""What a scanned code is to intake: a receipt."""

from django.urls import reverse
from django.utils.translation import gettext as _

from intake.models import Receipt
from plant import finding
from plant.access import Action, may
from plant.finding import Asker, Step, Thing
from plant.web import figures


def register() -> None:
    finding.add(find_receipt)


def find_receipt(code: str, asker: Asker) -> Thing | None:
    found = Receipt.objects.filter(site=asker.user.site, reference=code).select_related("supplier").first()
    if found is None:
        return None
    page = reverse("intake:receipt", args=[found.reference])
    label = _("Log its next container") if may(asker.user, Action.RECEIVE) else _("Open its page")
    told = (str(found.supplier), figures.instant(found.received_at), found.bill_of_lading)
    return Thing(
        _("Receipt"), found.reference, page, "receipt", found, told, steps=(Step(label, page, "inbound", is_main=True),)
    )
