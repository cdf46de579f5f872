"""A browser for tests: somebody is logged in, reads forms as they are drawn, changes what they would and sends them."""

import uuid
from html.parser import HTMLParser
from typing import Any

from django.test import Client

HTMX = {"HTTP_HX_REQUEST": "true"}


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, path: str, typed: dict[str, Any], *, htmx: bool = False) -> Any:
    """Send a form; with a key of its own unless one is typed."""
    data = {"once": str(uuid.uuid4())} | {name: value for name, value in typed.items() if value is not None}
    return client.post(path, data, **(HTMX if htmx else {}))


def form(response: Any, id_: str) -> dict[str, str]:
    """The controls of the form with this id as a browser would send them, without its buttons."""
    reader = _FormReader(id_)
    reader.feed(response.content.decode())
    assert reader.found, f"there is no form {id_}"
    return reader.controls


def controls(response: Any, id_: str) -> set[str]:
    """The names of all controls in the form, chosen or not."""
    reader = _FormReader(id_)
    reader.feed(response.content.decode())
    return reader.names


def choices(response: Any, name: str) -> list[str]:
    """The values a select offers."""
    reader = _OptionReader(name)
    reader.feed(response.content.decode())
    return reader.values


def text(response: Any) -> str:
    """What is to be read on the page, with blanks as one."""
    reader = _TextReader()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.parts).split())


class _FormReader(HTMLParser):
    def __init__(self, id_: str) -> None:
        super().__init__()
        self.id, self.found, self.inside = id_, False, False
        self.controls: dict[str, str] = {}
        self.names: set[str] = set()
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("id") == self.id:
            self.found = self.inside = True
        if not self.inside:
            return
        name = given.get("name", "")
        if tag in ("input", "select", "textarea"):
            self.names.add(name)
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.controls[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
            self.controls[name] = ""
        elif tag == "option" and self._select and "selected" in given:
            self.controls[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.controls[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self.inside:
            self.controls[self._area] += data.lstrip("\n")


class _OptionReader(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.inside = name, False
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self.inside = given.get("name") == self.name
        elif tag == "option" and self.inside and given.get("value"):
            self.values.append(given["value"] or "")


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
