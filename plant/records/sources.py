"""Where labels come from. The rooms above say what stands on the labels of their things (`AppConfig.ready`); the pages
here ask by kind and code: `?container=L-2026-000042-01`, `?lot=L-2026-000042`, `?bay=A-01`."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plant.models import Site
from plant.records.label import Label

Find = Callable[[Site, Sequence[str], dt.datetime], list[Label]]
"""The labels of what has these codes at the site, in order; what is not known is left out."""
Ready = Callable[[Site, Sequence[str]], None]
"""Does in the transaction of the print what a label needs, such as giving a container its SSCC."""
Page = Callable[[str], str]
"""The address of the page of what has this code."""


@dataclass(frozen=True)
class Source:
    find: Find
    page: Page | None = None
    make_ready: Ready | None = None


_sources: dict[str, Source] = {}


def add(kind: str, source: Source) -> None:
    _sources[kind] = source


def asked(query: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """What a query string asks labels of, by kind."""
    return {kind: query[kind] for kind in _sources if kind in query}


def labels(site: Site, asked: Mapping[str, Sequence[str]], at: dt.datetime) -> list[Label]:
    """All labels that are asked for, each once."""
    found = [label for kind, codes in asked.items() for label in _sources[kind].find(site, codes, at)]
    return list({(label.kind, label.code): label for label in found}.values())


def make_ready(site: Site, asked: Mapping[str, Sequence[str]]) -> None:
    for kind, codes in asked.items():
        if prepare := _sources[kind].make_ready:
            prepare(site, codes)


def page_of(kind: str, code: str) -> str:
    """Where the thing is looked at, or nowhere."""
    source = _sources.get(kind)
    return source.page(code) if source and source.page else ""
