"""What a scanned code is to processing: a batch, a line; and which batch a scanned container can go into."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from plant import finding
from plant.access import Action, may
from plant.finding import Asker, Step, Thing
from plant.inventory.models import Container
from processing import offers
from processing.models import Batch, Line


def register() -> None:
    finding.add(find_batch)
    finding.add(find_line)
    finding.offer(charge_it)


def _page(batch: Batch, name: str = "batch") -> str:
    return reverse(f"processing:{name}", args=[batch.reference])


def find_batch(code: str, asker: Asker) -> Thing | None:
    batch = Batch.objects.on_site(asker.user.site).select_related("line").filter(reference=code).first()
    if batch is None:
        return None
    told = (str(batch.get_state_display()), str(batch.line))
    return Thing(_("Batch"), batch.reference, _page(batch), "batch", batch, told, steps=tuple(_work(batch, asker)))


def _work(batch: Batch, asker: Asker) -> Iterator[Step]:
    if batch.state == Batch.State.RUNNING and may(asker.user, Action.RUN_BATCH):
        yield Step(_("Charge"), _page(batch, "charge"), "inbound", is_main=True)
        yield Step(_("Bag out"), _page(batch, "bag"), "container", is_main=True)
    yield Step(_("Open its page"), _page(batch), "batch")


def find_line(code: str, asker: Asker) -> Thing | None:
    """A line by the code on its sign, and what runs on it."""
    line = Line.objects.on_site(asker.user.site).filter(code=code, is_active=True).first()
    if line is None:
        return None
    batch = Batch.objects.on_site(asker.user.site).select_related("line").on_the_line().filter(line=line).first()
    told = (line.name, _("%(batch)s is on it") % {"batch": batch} if batch else _("Nothing runs on it"))
    steps = tuple(_work(batch, asker)) if batch else ()
    return Thing(_("Line"), line.code, reverse("processing:lines"), "batch", line, told, steps=steps)


def charge_it(thing: Thing, asker: Asker) -> Iterator[Step]:
    """Into each running batch that takes it; the one of this station's line first."""
    if not isinstance(thing.subject, Container) or not may(asker.user, Action.RUN_BATCH):
        return
    running = Batch.objects.on_site(asker.user.site).filter(state=Batch.State.RUNNING)
    batches = list(running.select_related("line__location", "recipe_version__recipe", "owner", "site").order_by("pk"))
    batches.sort(key=lambda batch: asker.station is None or batch.line.location.station_id != asker.station.pk)
    query = urlencode({"container": thing.code})
    for batch in batches:
        if not offers.of(batch, [thing.subject.pk], at=asker.now)[0].problems:
            label = _("Charge it into %(batch)s, %(line)s") % {"batch": batch, "line": batch.line}
            yield Step(label, f"{_page(batch, 'charge')}?{query}", "inbound", is_main=True)
