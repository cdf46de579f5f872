"""How tests use the pages: as a browser without JavaScript would."""

import re
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client

from processing.models import Batch

PLAN = {"line": "LINE-1", "recipe_version": "ELECTRODE", "grade": "NMC_BM", "chemistry": "NMC811", "owner": "GMBI"}
BAG = {"material": "BLACK_MASS", "kind": "BIG_BAG", "bay": "P-01", "unit": "kg"}


def text(response: HttpResponse) -> str:
    """What a person reads: without tags, spaces as one."""
    content = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", content.replace("&nbsp;", " ").replace("\xa0", " "))


def send(client: Client, url: str, **fields: Any) -> HttpResponse:
    return client.post(url, {"once": str(uuid.uuid4()), **fields})


def plan(client: Client, **fields: Any) -> Batch:
    """A batch planned on the page and opened on its line."""
    response = send(client, "/batches/new/", **PLAN, open="1", **fields)
    assert response.status_code == 303, text(response)
    return Batch.objects.latest("pk")
