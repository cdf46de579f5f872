"""`manage.py create_api_key PARTY`: gives a partner a key and prints it, once."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from plant.api import services
from plant.api.models import LONGEST_LIFE
from plant.errors import DomainError
from plant.management import environment
from plant.models import Party
from plant.web import now


class Command(BaseCommand):
    help = "Give a partner a key to the API. The key is printed once and stored nowhere, only its keyed hash is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("party", metavar="PARTY", help="the partner's code, such as POST1")
        parser.add_argument("--name", default="API", help="the system that will use the key")
        parser.add_argument("--days", type=int, default=LONGEST_LIFE.days, help="how long it lives (default: 365)")
        parser.add_argument("--site", default="", help="the site's code, where several sites know such a partner")

    def handle(self, *args: Any, **options: Any) -> None:
        party = self._party(options["party"], options["site"])
        try:
            key, token = services.create_key(party=party, name=options["name"], days=options["days"], by=None, at=now())
        except DomainError as refusal:
            raise CommandError(refusal.message)
        self.stdout.write(
            f"A key for {party.name}, until {key.expires_at:%Y-%m-%d}. It is shown this once:\n\n  {token}\n"
        )
        self.stdout.write(f"Try it:\n\n  curl -H 'Authorization: Bearer {token}' {self._address()}/api/v1/shipments/\n")

    def _party(self, code: str, site: str) -> Party:
        parties = Party.objects.filter(site__code=site) if site else Party.objects.all()
        found = list(parties.filter(code=code).select_related("site").order_by("site__code"))
        if len(found) > 1:
            raise CommandError(f"Several sites know {code}: add --site with {_either(p.site.code for p in found)}.")
        if not found:
            codes = parties.order_by("code").values_list("code", flat=True).distinct()
            raise CommandError(f"No partner has the code {code}. There are: {', '.join(codes) or 'none yet'}.")
        return found[0]

    def _address(self) -> str:
        """Where the plant that runs in this folder is reached, else the first of this server's names."""
        told = environment.var_folder() / "demo.json"
        if told.exists():
            return str(json.loads(told.read_text())["address"])
        return f"{'https' if settings.HTTPS else 'http'}://{settings.ALLOWED_HOSTS[0]}"


def _either(codes: Any) -> str:
    return " or ".join(codes)
