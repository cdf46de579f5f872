"""Every page of the plant, found as people find them: by following the links from the first page."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import APIRequestContext

NO_PAGES = {
    "healthz", "readyz", "metrics", "logout", "theme", "language", "awake", "unlock", "switch", "api:openapi",
    "shipments-api:list", "shipments-api:detail",
    "inventory:withdraw", "inventory:abandon_count",
    "inventory:move", "inventory:hold", "inventory:release", "inventory:reverse", "inventory:decide",
    "records:test_print", "records:again", "records:drop",
    "inventory:tare", "people:badge", "people:password", "people:access",
    "intake:undo", "processing:undo", "processing:selection",
    "shipments:add", "shipments:remove", "shipments:selection", "shipments:again",
    "demo:first_hour",
}  # fmt: skip
"""Addresses that send a form, answer with a part of a page, or are for machines; a terminal is looked at by itself."""

MOST_OF_A_KIND = {"supervisor": 5, "manager": 1, "ehs": 1, "operator": 0, "administrator": 1, "partner": 0}
"""How many pages of one view are read as each role, to find it in its states; each role looks at its first page."""


@dataclass(frozen=True)
class Place:
    """A page to look at: the view's name, its address, and who stands there."""

    name: str
    path: str
    role: str | None


def page_names() -> list[str]:
    """The name of every view that shows a page."""
    return sorted(set(_names(get_resolver().url_patterns)) - NO_PAGES)


def _names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(
                pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )
        elif pattern.name:
            yield namespace + pattern.name


class Explorer:
    """Goes wherever a link leads and keeps one page of each view, state and (where it matters) role."""

    def __init__(self) -> None:
        self.places: dict[str, list[Place]] = defaultdict(list)
        self._seen: set[tuple[str, ...]] = set()

    def explore(self, role: str, browser: APIRequestContext, *first: str) -> None:
        """Follow the links of somebody of this role, from the first page and from those that are named."""
        ahead, known, read, most = ["/", *first], {"/", *first}, Counter[str](), MOST_OF_A_KIND[role]
        while ahead:
            path = ahead.pop(0)
            name = _name(path)
            if name is None or (path != "/" and read[name] >= most):
                continue
            read[name] += 1
            answer = browser.get(path)
            if not answer.ok or "text/html" not in answer.headers["content-type"]:
                continue
            html = answer.text()
            self._keep(Place(name, path, role), html)
            links = dict.fromkeys(unescape(link) for link in re.findall(r'href="(/[^"#]*)', html))
            ahead += [link for link in links if link not in known]
            known.update(links)

    def _keep(self, place: Place, html: str) -> None:
        head = html.partition('<header class="page-head')[2].partition("</header>")[0]
        states = re.findall(r'class="badge[^"]*"[^>]*>(?:<svg.*?</svg>)?([^<]+)', head)
        key = (place.name, place.role or "") if place.path == "/" else (place.name, *states)
        if key not in self._seen:
            self._seen.add(key)
            self.places[place.name].append(place)


def _name(path: str) -> str | None:
    try:
        name = resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return None
    return None if name in NO_PAGES or "format=" in path else name
