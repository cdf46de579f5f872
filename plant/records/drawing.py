"""A label as SVG on an A6 page (105 x 148 mm): crisp at any size, no picture file, no style of its own."""

from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from plant.records.codes import Code
from plant.records.label import Label
from plant.records.layout import HEIGHT, MODULE, WIDTH, Bar, Part, Symbol, Text, place

PAGE_WIDTH, PAGE_HEIGHT = 105, 148
BASELINE = 0.78
"""How far below its upper edge a line's letters stand, as a part of its height."""


def svg(label: Label) -> SafeString:
    """The whole label, black on white in every theme."""
    return format_html(
        '<svg class="label" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="0 0 {} {}" '
        'width="{}mm" height="{}mm" fill="#000" font-family="Inter, Arial, sans-serif">'
        '<rect width="{}" height="{}" fill="#fff"/><g transform="translate({} {})">{}</g></svg>',
        f"{label.title}, {label.name}" if label.name else label.title,
        PAGE_WIDTH,
        PAGE_HEIGHT,
        PAGE_WIDTH,
        PAGE_HEIGHT,
        PAGE_WIDTH,
        PAGE_HEIGHT,
        (PAGE_WIDTH - WIDTH) / 2,
        (PAGE_HEIGHT - HEIGHT) / 2,
        format_html_join("", "{}", ((_part(part),) for part in place(label))),
    )


def _part(part: Part) -> SafeString:
    match part:
        case Text():
            return format_html(
                '<text x="{}" y="{}" font-size="{}"{}{}>{}</text>',
                _mm(part.x),
                _mm(part.y + part.size * BASELINE),
                _mm(part.size),
                mark_safe(' font-weight="700"' if part.is_bold else ""),
                mark_safe(' fill="#fff"' if part.is_white else ""),
                part.text,
            )
        case Bar():
            return format_html(
                '<rect x="{}" y="{}" width="{}" height="{}"/>',
                _mm(part.x),
                _mm(part.y),
                _mm(part.width),
                _mm(part.height),
            )
        case Symbol():
            return format_html(
                '<path data-code="{}" shape-rendering="crispEdges" transform="translate({} {}) scale({})" d="{}"/>',
                part.code.sort,
                _mm(part.x),
                _mm(part.y),
                MODULE,
                "".join(_runs(part.code)),
            )


def _runs(code: Code) -> Iterator[str]:
    """Each row's dark runs as rectangles, in modules."""
    for y, row in enumerate(code.rows):
        x = 0
        while x < code.size:
            end = x
            while end < code.size and row[end]:
                end += 1
            if end > x:
                yield f"M{x} {y}h{end - x}v1h-{end - x}z"
            x = end + 1


def _mm(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")
