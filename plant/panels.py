"""Panels that an upper room hangs into a lower room's page: the lot page shows "shipped in ..." without knowing
shipments. Added in `AppConfig.ready`, rendered whole on the server."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Place:
    """One place on a page. A panel gets the request and what the page shows; None as its context keeps it away."""

    def __init__(self) -> None:
        self._panels: list[tuple[int, str, Callable[[HttpRequest, Any], dict[str, Any] | None]]] = []

    def add(
        self, template: str, context: Callable[[HttpRequest, Any], dict[str, Any] | None], *, order: int = 50
    ) -> None:
        self._panels.append((order, template, context))
        self._panels.sort(key=lambda panel: panel[0])

    def render(self, request: HttpRequest, subject: Any) -> list[SafeString]:
        """Each panel's HTML, in order."""
        shown = []
        for _order, template, make in self._panels:
            context = make(request, subject)
            if context is not None:
                shown.append(render_to_string(template, context, request=request))
        return shown


lot = Place()
home = Place()
welcome = Place()
"""On the first page too, above where one can go."""
