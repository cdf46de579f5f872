"""Setting up a plant: its site, its stations, the parties it deals with and their plants."""

from django.db import transaction

from plant.models import Facility, Party, Site, Station


@transaction.atomic
def create_site(
    *, code: str, name: str, timezone: str, mark: str = "", address: str = "", epa_id: str = "", gs1_prefix: str = ""
) -> Site:
    """Open a site. Its mark stands in all its references, its GS1 company prefix in the SSCC of its containers; neither
    can be another site's."""
    return Site.objects.create(
        code=code, name=name, timezone=timezone, mark=mark, address=address, epa_id=epa_id, gs1_prefix=gs1_prefix
    )


@transaction.atomic
def create_party(
    *,
    site: Site,
    code: str,
    name: str,
    is_supplier: bool = False,
    is_customer: bool = False,
    is_owner: bool = False,
) -> Party:
    """Enter a company the site deals with and what it is to the site."""
    return Party.objects.create(
        site=site, code=code, name=name, is_supplier=is_supplier, is_customer=is_customer, is_owner=is_owner
    )


@transaction.atomic
def create_facility(*, party: Party, code: str, name: str, address: str, epa_id: str = "") -> Facility:
    """Enter a party's plant or dock with its address (40 CFR 273.62)."""
    return Facility.objects.create(party=party, code=code, name=name, address=address, epa_id=epa_id)


@transaction.atomic
def create_station(*, site: Site, code: str, name: str, unit: str) -> Station:
    """Enter a place with a shared terminal and the unit its weights are typed in ("kg" or "lb")."""
    return Station.objects.create(site=site, code=code, name=name, unit=unit)
