"""The load of drills and benchmarks: people at kept-alive browsers who log containers through the real form.

Only the standard library, so that many such people can be processes that start at once.
"""

import http.client
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from plant.management.browsing import Page, Person, Unexpected, page_of
from plant.management.walk import arrival_form, book_receipt

TIMEOUT_SECONDS = 20
ON_ONE_RECEIPT = 40
BROKEN = (OSError, http.client.HTTPException)
"""What a client meets whose server has died: whether the work was done, it cannot know."""


@dataclass(frozen=True)
class Answer:
    """What came back, without following it."""

    status: int
    location: str
    html: str

    @property
    def sentence(self) -> str:
        return page_of("", self.status, self.html).complaint()


class Browser(Person):
    """A person whose browser keeps its one connection, and can send a form again and again."""

    def __init__(self, address: str, cookies: "SimpleCookie | None" = None) -> None:
        """With another browser's cookies it is the same tablet, and the same person."""
        super().__init__(address)
        self.cookies = SimpleCookie() if cookies is None else SimpleCookie(cookies)
        self.line: http.client.HTTPConnection | None = None

    def log_in(self, username: str, password: str) -> None:
        login = self.get("/login/")
        page = self.send(login, login.form("password").filled(username=username, password=password))
        if "/login/" in page.url:
            raise Unexpected(f"{username} stays at the login page. {page.complaint()}")

    def post(self, path: str, fields: dict[str, list[str]]) -> Answer:
        """Send fields to a path, once; raises one of `BROKEN` where no answer comes."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.address + path}
        return self.ask("POST", path, urllib.parse.urlencode(fields, doseq=True), headers)

    def ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        was_idle = self.line is not None
        try:
            return self._ask_once(method, path, body, headers or {})
        except BROKEN as error:
            self.hang_up()
            closed_while_idle = isinstance(error, http.client.RemoteDisconnected | ConnectionResetError)
            if method != "GET" or not was_idle or not closed_while_idle:  # as a browser does
                raise
        return self._ask_once(method, path, body, headers or {})

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def _ask_once(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        if self.line is None:
            self.line = http.client.HTTPConnection(urllib.parse.urlsplit(self.address).netloc, timeout=TIMEOUT_SECONDS)
        crumbs = "; ".join(f"{name}={crumb.value}" for name, crumb in self.cookies.items())
        self.line.request(method, path, body, headers | {"Cookie": crumbs})
        answer = self.line.getresponse()
        html = answer.read().decode()
        for told in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(told)
        return Answer(answer.status, answer.headers.get("Location", ""), html)

    def _ask(self, request: urllib.request.Request) -> Page:
        url, method, body = request.full_url, request.get_method(), request.data
        assert body is None or isinstance(body, bytes)
        headers = dict(request.header_items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.ask(method, url.removeprefix(self.address), body.decode() if body else None, headers)
        while answer.location:
            url = urllib.parse.urljoin(url, answer.location)
            answer = self.ask("GET", url.removeprefix(self.address))
        return page_of(url, answer.status, answer.html)


@dataclass
class Dock:
    """Somebody at the dock: a receipt is booked, its containers are logged one after the other."""

    browser: Browser
    path: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    logged: int = 0

    def book(self) -> None:
        """The papers of a new load, and the form of its containers filled but for what differs."""
        page = book_receipt(self.browser, f"BOL-{uuid.uuid4().hex[:8]}")
        form = arrival_form(self.browser, page)
        self.path, self.logged = urllib.parse.urlsplit(page.url).path, 0
        self.fields = {**form.fields, "unit": ["kg"], "next": ["1"]}

    @property
    def is_full(self) -> bool:
        """Loads end; also at the beginning there is no receipt yet."""
        return not self.path or self.logged >= ON_ONE_RECEIPT

    def log(self, key: str, net_kg: str, *, seal: str = "") -> Answer:
        """One container; its form carries the key, and its seal is what it is found by again."""
        self.logged += 1
        return self.browser.post(self.path, {**self.fields, "once": [key], "seal": [seal or key], "net": [net_kg]})
