"""The addresses of a shipment and what its pages answer, in a few words for tests."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from shipments.models import Shipment
from tests import pages


def url(name: str, shipment: Shipment) -> str:
    return reverse(f"shipments:{name}", args=[shipment.reference])


def send(screen: Client, address: str, *, htmx: bool = False, **typed: Any) -> Any:
    return pages.send(screen, address, typed, htmx=htmx)


def words(answer: HttpResponse) -> str:
    return answer.content.decode()
