"""The number that GS1 gives a logistic unit: every box has one as soon as its site has a company prefix."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.inventory.models import Container
from plant.models import Site
from plant.records import gs1


class NumbersUsedUp(DomainError):
    code = "sscc_used_up"


@transaction.atomic
def next_sscc(site: Site) -> str | None:
    """The next SSCC of the site's series, never used twice; None where the site has no GS1 company prefix."""
    if not site.gs1_prefix:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT plant_next_number(%s, 'sscc')", [site.pk])
        row = cursor.fetchone()
    assert row is not None
    try:
        return gs1.sscc(site.gs1_prefix, row[0])
    except gs1.NumbersUsedUp:
        raise NumbersUsedUp(
            _("The GS1 company prefix %(prefix)s has no number left. Ask GS1 for another one.")
            % {"prefix": site.gs1_prefix}
        )


@transaction.atomic
def give(containers: Iterable[Container]) -> None:
    """Give each box its SSCC that was made before the site had a prefix. A heap is no logistic unit."""
    boxes = [box.pk for box in containers if box.form == Container.Form.BOXED and box.sscc is None]
    for box in Container.objects.filter(pk__in=boxes, sscc=None).select_related("site").for_change():
        if sscc := next_sscc(box.site):
            Container.objects.filter(pk=box.pk).update(sscc=sscc)
