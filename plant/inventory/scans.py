"""What a scanned code is in the ledger: a container by reference or SSCC, a lot, a bay."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plant import finding
from plant.access import Action, may
from plant.finding import Asker, Step, Thing
from plant.inventory import stock
from plant.inventory.models import Holding, Location, Lot
from plant.units import ZERO_KG
from plant.web import figures


def register() -> None:
    finding.add(find_container)
    finding.add(find_lot)
    finding.add(find_place)


def find_container(code: str, asker: Asker) -> Thing | None:
    """A box or heap of this site, with what is in it and what keeps it from being used."""
    named = Q(reference=code) | Q(sscc=code)
    box: Any = (
        stock.packed().filter(named, site=asker.user.site).select_related("lot__material", "lot__chemistry").first()
    )
    if box is None:
        return None
    holds = [hold for hold in box.holds.all() if hold.released_at is None]
    lot, page = box.lot, reverse("inventory:container", args=[box.reference])
    assert lot is not None  # what is packed belongs to a lot
    what = " ".join(str(part) for part in (lot.material, lot.chemistry) if part)
    warning = ""
    if holds:
        held = {"box": box, "reason": holds[0].reason}
        warning = _("%(box)s is on hold: %(reason)s. Move or count it; do not charge or ship it.") % held
    elif box.kg is None:
        warning = _("%(box)s is empty or gone. Its page says where it went.") % {"box": box}
    steps = [
        Step(_("Open its page"), page, "container"),
        Step(_("Its lot %(lot)s") % {"lot": lot}, _lot_page(lot), "lot"),
    ]
    if box.kg is not None and may(asker.user, Action.MOVE):
        steps.insert(0, Step(_("Move it"), f"{page}?do=move#move", "move", is_main=True))
    if box.kg is not None and may(asker.user, Action.HOLD):
        steps.append(Step(_("Put it on hold"), f"{page}?do=hold#hold", "hand"))
    told = (figures.kg(box.kg, 3), box.place or "", what) if box.kg is not None else (what,)
    return Thing(_("Container"), box.reference, page, "container", box, told, warning, tuple(steps))


def _lot_page(lot: Lot) -> str:
    return reverse("inventory:lot", args=[lot.reference])


def find_lot(code: str, asker: Asker) -> Thing | None:
    lot = Lot.objects.on_site(asker.user.site).select_related("material", "owner").filter(reference=code).first()
    if lot is None:
        return None
    here = list(Holding.objects.stock().filter(container__lot=lot).values_list("kg", flat=True))
    count = ngettext("%(n)d container here", "%(n)d containers here", len(here)) % {"n": len(here)}
    told = (figures.kg(sum(here, ZERO_KG), 3), count, str(lot.material), str(lot.owner))
    steps = (Step(_("Open its page"), _lot_page(lot), "lot", is_main=True),)
    return Thing(_("Lot"), lot.reference, _lot_page(lot), "lot", lot, told, steps=steps)


def find_place(code: str, asker: Asker) -> Thing | None:
    """A bay or another real place, by the code on its sign; a line is processing's to name."""
    places = Location.objects.real().exclude(kind=Location.Kind.LINE)
    place = places.filter(site=asker.user.site, code=code, is_active=True).first()
    if place is None:
        return None
    here = list(Holding.objects.stock().filter(location=place).values_list("kg", flat=True))
    url = f"{reverse('inventory:containers')}?bay={place.code}"
    count = ngettext("%(n)d container", "%(n)d containers", len(here)) % {"n": len(here)}
    steps = (Step(_("What stands there"), url, "container", is_main=True),)
    told = (place.name, count, figures.kg(sum(here, ZERO_KG)))
    return Thing(str(place.get_kind_display()), place.code, url, "move", place, told, steps=steps)
