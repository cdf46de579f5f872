"""How a figure is measured: one kept-alive client, ours and the limit in turn, the median of each round, paired."""

import http.client
import statistics
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

ROUNDS = 5
Do = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One line of the table. Times in seconds; `ratio` is ours over the limit, the median of the rounds' own."""

    name: str
    what: str
    ours: float
    limit: float | None
    ratio: float | None
    budget: str
    holds: bool
    more: dict[str, Any] = field(default_factory=dict)
    unit: str = "s"

    def also(self, holds: bool, budget: str) -> "Figure":
        """With one more thing that must hold."""
        return replace(self, holds=self.holds and holds, budget=f"{self.budget}, {budget}")


@dataclass(frozen=True)
class Budget:
    """At most so many times the limit, or so many seconds; whichever is given must hold."""

    ratio: float | None = None
    seconds: float | None = None

    def holds(self, ours: float, ratio: float | None) -> bool:
        in_time = self.seconds is None or ours <= self.seconds
        return in_time and (self.ratio is None or (ratio is not None and ratio <= self.ratio))

    def __str__(self) -> str:
        times = [] if self.ratio is None else [f"{self.ratio:g}x"]
        return ", ".join(times + ([] if self.seconds is None else [shown(self.seconds)]))


def shown(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


def paired(name: str, what: str, ours: Do, limit: Do, budget: Budget, *, times: int = 40, **more: Any) -> Figure:
    """Five rounds, in each `times` of ours and `times` of the limit; after a first round that nobody counts."""
    rounds = [(median(ours, times), median(limit, times)) for _round in range(ROUNDS + 1)][1:]
    ratio = statistics.median(mine / floor for mine, floor in rounds)
    took = statistics.median(mine for mine, _floor in rounds)
    floor = statistics.median(floor for _mine, floor in rounds)
    return Figure(name, what, took, floor, ratio, str(budget), budget.holds(took, ratio), more)


def median(do: Do, times: int) -> float:
    return statistics.median(seconds(do) for _time in range(times))


def seconds(do: Do) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


class Client:
    """One connection, kept; cookies kept too. An answer that is not what was asked for ends the run."""

    def __init__(self, address: str, headers: dict[str, str] | None = None) -> None:
        self.host = urllib.parse.urlsplit(address).netloc
        self.headers = headers or {}
        self.line = http.client.HTTPConnection(self.host, timeout=60)

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        return self.ask("GET", path, None, headers or {}, 200)

    def post(self, path: str, fields: dict[str, Any], status: int = 200) -> bytes:
        body = urllib.parse.urlencode(fields, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{self.host}{path}"}
        return self.ask("POST", path, body, headers, status)

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str], status: int) -> bytes:
        for is_last in (False, True):
            try:
                self.line.request(method, path, body, self.headers | headers)
                answer = self.line.getresponse()
                content = answer.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError):  # closed while it was idle
                self.line.close()
                if is_last:
                    raise
        if answer.status != status:
            raise AssertionError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
        return content
