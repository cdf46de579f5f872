"""What a scan leads to in counting and repacking: split a container, put it together with others, count a bay."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from plant import finding
from plant.access import Action, may
from plant.finding import Asker, Step, Thing
from plant.inventory import counts
from plant.inventory.models import Container, Count, Holding, Location


def register() -> None:
    finding.add(find_count)
    finding.offer(repack)
    finding.offer(count_it)


def find_count(code: str, asker: Asker) -> Thing | None:
    """A count, by its reference."""
    found = (
        Count.objects.on_site(asker.user.site).select_related("location", "started_by").filter(reference=code).first()
    )
    if found is None:
        return None
    url = reverse("inventory:count", args=[found.reference])
    told = (str(found.get_state_display()), str(found.location), str(found.started_by))
    steps = (Step(_("Open its page"), url, "check", is_main=True),)
    return Thing(_("Count"), found.reference, url, "check", found, told, steps=steps)


def repack(thing: Thing, asker: Asker) -> Iterator[Step]:
    """Split what has something in it, or put it together with others."""
    if not isinstance(thing.subject, Container) or not may(asker.user, Action.REPACK):
        return
    if Holding.objects.stock().filter(container=thing.subject.pk).exists():
        yield Step(_("Split it"), reverse("inventory:split", args=[thing.code]), "split")
        query = urlencode({"container": thing.code})
        yield Step(_("Put it together with others"), f"{reverse('inventory:together')}?{query}", "merge")


def count_it(thing: Thing, asker: Asker) -> Iterator[Step]:
    """Count the bay or the zone whose sign was scanned."""
    if isinstance(thing.subject, Location) and thing.subject.kind in counts.COUNTED and may(asker.user, Action.COUNT):
        yield Step(_("Count it"), f"{reverse('inventory:start_count')}?{urlencode({'place': thing.code})}", "check")
