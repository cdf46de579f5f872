"""A person at a browser without JavaScript: pages, their forms, cookies. For `up --check`; standard library only."""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar

TIMEOUT_SECONDS = 20


class Unexpected(Exception):
    """A page is not what a person would find there; the message says what came instead."""


@dataclass
class Form:
    """A form as it stands on a page: what each field holds, what a list offers, its buttons."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    offers: dict[str, dict[str, str]] = field(default_factory=dict)
    """By field name: the label of each choice and the value behind it."""
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def choose(self, name: str, label: str) -> None:
        """Take the choice whose label contains the words."""
        for shown, value in self.offers.get(name, {}).items():
            if label in shown:
                self.fields[name] = [value]
                return
        raise Unexpected(f"“{name}” does not offer “{label}”, but {', '.join(self.offers.get(name, {})) or 'nothing'}")

    def filled(self, **values: str | list[str]) -> "Form":
        """Type or tick values by field name; a name the form does not have is refused."""
        for name, value in values.items():
            if name not in self.fields and name not in self.offers:
                raise Unexpected(f"the form has no field “{name}”, but {', '.join(sorted(self.fields))}")
            self.fields[name] = [value] if isinstance(value, str) else value
        return self


@dataclass
class Page:
    """What came back: where one is, and what one sees."""

    url: str
    status: int
    html: str
    forms: list[Form]

    def form(self, having: str) -> Form:
        """The form with this field or button."""
        for form in self.forms:
            if having in form.fields or having in form.offers or having in [name for name, _value in form.buttons]:
                return form
        raise Unexpected(f"{self.url} ({self.status}) has no form with “{having}”. {self.complaint()}")

    def form_to(self, ending: str) -> Form:
        """The form whose address ends so."""
        for form in self.forms:
            if form.action.split("?")[0].endswith(ending):
                return form
        raise Unexpected(f"{self.url} ({self.status}) has no form that goes to …{ending}. {self.complaint()}")

    def complaint(self) -> str:
        """The sentences of refusal on the page."""
        said = re.findall(r'<[^>]*role="alert"[^>]*>(.*?)</div>', self.html, re.S)
        plain = (re.sub(r"<[^>]+>|\s+", " ", words).strip() for words in said)
        return " ".join(words for words in plain if words)

    def text(self) -> str:
        """The words of the page."""
        body = re.sub(r"<(script|style|svg).*?</\1>", " ", self.html, flags=re.S)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))

    def find(self, pattern: str) -> str:
        """The first match of the pattern in the page's words."""
        if found := re.search(pattern, self.text()):
            return found.group(found.lastindex or 0)
        raise Unexpected(f"{self.url} ({self.status}) does not say “{pattern}”. {self.complaint()}")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._option: tuple[str, bool] | None = None
        self._area = ""
        self._labelled: tuple[str, str] | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select":
            self._select = name
            self._open.offers.setdefault(name, {})
        elif tag == "option" and self._select:
            self._end_option()
            self._option, self._words = (given.get("value", ""), "selected" in given), ""
        elif tag == "textarea":
            self._area, self._words = name, ""
            self._open.fields.setdefault(name, [""])
        elif tag == "button" and name:
            self._open.buttons.append((name, given.get("value", "")))

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self._open is not None
        kind, value = given.get("type", "text"), given.get("value", "on" if given.get("type") == "checkbox" else "")
        if kind in ("radio", "checkbox"):
            self._open.offers.setdefault(name, {})[value] = value
            self._labelled, self._words = (name, value), ""
            if "checked" in given:
                self._open.fields.setdefault(name, []).append(value)
        elif kind != "submit":
            self._open.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        self._words += data
        if self._labelled and self._open and data.strip():
            name, value = self._labelled
            self._open.offers[name][f"{value} {data.strip()}"] = value
            self._labelled = None

    def _end_option(self) -> None:
        if self._option is None or self._open is None:
            return
        value, selected = self._option
        self._open.offers[self._select][" ".join(self._words.split())] = value
        if selected or self._select not in self._open.fields:
            self._open.fields[self._select] = [value]
        self._option = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "option":
            self._end_option()
        elif tag == "select":
            self._end_option()
            self._select = ""
        elif tag == "textarea" and self._open is not None:
            self._open.fields[self._area] = [self._words.strip()]
        elif tag == "form":
            self._open = None


class Person:
    """One person's browser."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open

    def get(self, path: str) -> Page:
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.address, path)))

    def send(self, page: Page, form: Form, press: str = "", value: str = "") -> Page:
        """Send a form as it is filled, with the button pressed; follows the redirect as a browser does."""
        fields = {**form.fields, **({press: [value or dict(form.buttons).get(press, "")]} if press else {})}
        told = urllib.parse.urlencode(fields, doseq=True)
        url = urllib.parse.urljoin(page.url, form.action)
        if form.method == "get":
            return self._ask(urllib.request.Request(f"{url.split('?')[0]}?{told}"))
        return self._ask(urllib.request.Request(url, told.encode(), {"Referer": page.url}))

    def _ask(self, request: urllib.request.Request) -> Page:
        try:
            answer = self._open(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            html = answer.read().decode()
        return page_of(answer.url, answer.status, html)


def page_of(url: str, status: int, html: str) -> Page:
    """What a browser makes of an answer."""
    parser = _Forms()
    parser.feed(html)
    return Page(url, status, html, parser.forms)
