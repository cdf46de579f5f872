"""A browser without scripts, in a few words for tests."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from shipments.models import Shipment


def url(name: str, shipment: Shipment) -> str:
    return reverse(f"shipments:{name}", args=[shipment.reference])


def send(screen: Client, address: str, *, htmx: bool = False, **typed: Any) -> Any:
    """What a press of the form's button sends, with a form key of its own."""
    return screen.post(address, {"once": str(uuid.uuid4()), **typed}, headers={"HX-Request": "true"} if htmx else {})


def words(answer: HttpResponse) -> str:
    return answer.content.decode()
