"""Drawing: figures in, the geometry of a picture out, as text for the template.

Floats are fine here. A picture is no figure: what it says in words and in its table comes from the figures themselves.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from plant.limits.course import Year
from plant.limits.utilization import Month

TONNE = 1000


@dataclass(frozen=True)
class Frame:
    """The picture's size and the box inside its margins."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True)
class Tick:
    """A line of the grid or a label on an axis: where, and what it stands for."""

    at: str
    tonnes: Decimal


@dataclass(frozen=True)
class MonthLabel:
    at: str
    line: str
    first: dt.date


@dataclass(frozen=True)
class Mark:
    """The to-date line at a month's end, or today: the rows of the table."""

    x: str
    y: str
    month: Month


@dataclass(frozen=True)
class YearPicture:
    """One limit's year: what is used to date, the even pace to it, and the limit."""

    frame: Frame
    grid: list[Tick]
    months: list[MonthLabel]
    line: str
    area: str
    marks: list[Mark]
    now: Mark
    label_x: str
    label_y: str
    label_anchor: str
    limit_y: str
    start_y: str
    is_over: bool


@dataclass(frozen=True)
class Bar:
    """One flow of one week."""

    flow: str
    kg: Decimal
    x: str
    y: str
    height: str


@dataclass(frozen=True)
class Group:
    """The bars of one week and where its label stands."""

    week: "WeekLike"
    bars: list[Bar]
    middle: str
    has_label: bool


@dataclass(frozen=True)
class WeeksPicture:
    """In, processed and out, week by week."""

    frame: Frame
    grid: list[Tick]
    groups: list[Group]
    bar_width: str
    base: str


class WeekLike(Protocol):
    @property
    def monday(self) -> dt.date: ...
    @property
    def received_kg(self) -> Decimal: ...
    @property
    def processed_kg(self) -> Decimal: ...
    @property
    def shipped_kg(self) -> Decimal: ...


YEAR_FRAME = Frame(width=720, height=316, left=58, right=712, top=22, bottom=292)
WEEKS_FRAME = Frame(width=520, height=236, left=44, right=516, top=10, bottom=212)


class Scale:
    """A straight scale from figures to the picture; what lies outside is drawn at the edge."""

    def __init__(self, first: float, last: float, start: float, end: float) -> None:
        self.first, self.last, self.start, self.end = first, last, start, end

    def __call__(self, value: float | Decimal) -> float:
        share = (float(value) - self.first) / (self.last - self.first)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def year(course: Year) -> YearPicture:
    """The picture of a limit's year."""
    frame, figures = YEAR_FRAME, course.figures
    top_kg = max(figures.limit_kg, figures.to_date_kg)
    y = Scale(0, float(top_kg) * 1.04, frame.bottom, frame.top)
    x = Scale(0, figures.days_in_year, frame.left, frame.right)
    marks = [Mark(_text(x(_day_number(month.until))), _text(y(month.to_date_kg)), month) for month in course.months]
    corners = [(x(0), y(figures.opening_kg)), *((x(_day_number(p.day)), y(p.to_date_kg)) for p in course.points)]
    line = _path(_thinned(corners))
    end_x, end_y = corners[-1]
    is_late = end_x > (frame.left + frame.right) / 2
    return YearPicture(
        frame=frame,
        grid=[Tick(_text(y(tick * TONNE)), tick) for tick in ticks(top_kg / TONNE, 4) if tick * TONNE <= top_kg],
        months=[_month_label(x, figures.year, month) for month in range(1, 13)],
        line=line,
        area=f"{line} V{frame.bottom} H{frame.left} Z",
        marks=marks[:-1],
        now=marks[-1],
        label_x=_text(end_x + (-9 if is_late else 9)),
        label_y=_text(max(end_y - 7, frame.top + 12)),
        label_anchor="end" if is_late else "start",
        limit_y=_text(y(figures.limit_kg)),
        start_y=_text(y(0)),
        is_over=figures.is_over,
    )


def weeks(rows: Sequence[WeekLike]) -> WeeksPicture:
    """Three bars a week."""
    frame = WEEKS_FRAME
    top_kg = max(max(row.received_kg, row.processed_kg, row.shipped_kg) for row in rows)
    grid = ticks(top_kg / TONNE, 5)
    y = Scale(0, float(max(top_kg, grid[-1] * TONNE)), frame.bottom, frame.top)
    width = (frame.right - frame.left) / len(rows)
    bar = width * 0.26
    groups = []
    for number, row in enumerate(rows):
        left = frame.left + number * width + (width - 3 * bar) / 2
        flows = (("in", row.received_kg), ("processed", row.processed_kg), ("out", row.shipped_kg))
        bars = [
            Bar(flow, kg, _text(left + n * bar), _text(y(kg)), _text(frame.bottom - y(kg)))
            for n, (flow, kg) in enumerate(flows)
        ]
        has_label = (len(rows) - 1 - number) % 2 == 0
        groups.append(Group(row, bars, _text(left + 1.5 * bar), has_label))
    return WeeksPicture(
        frame=frame,
        grid=[Tick(_text(y(tick * TONNE)), tick) for tick in grid],
        groups=groups,
        bar_width=_text(bar - 1),
        base=_text(frame.bottom),
    )


def ticks(largest: Decimal, count: int) -> list[Decimal]:
    """Round numbers from 0 to the largest or just above it, about `count` steps: 0, 2,500, 5,000."""
    if largest <= 0:
        return [Decimal(0), Decimal(1)]
    rough = float(largest) / count
    magnitude = Decimal(10) ** math.floor(math.log10(rough))
    step = next(magnitude * n for n in (1, 2, Decimal("2.5"), 5, 10) if float(magnitude * n) >= rough)
    return [step * n for n in range(math.ceil(largest / step) + 1)]


def _day_number(day: dt.date) -> int:
    """1 on 1 January: the year's days at the end of this one."""
    return day.timetuple().tm_yday


def _month_label(x: Scale, year: int, month: int) -> MonthLabel:
    first = dt.date(year, month, 1)
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    start = _day_number(first) - 1
    return MonthLabel(at=_text(x(start + (after - first).days / 2)), line=_text(x(start)), first=first)


def _thinned(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without the points in the middle of a level stretch: nobody sees them."""
    kept = [
        here
        for before, here, after in zip(corners, corners[1:], corners[2:], strict=False)
        if not before[1] == here[1] == after[1]
    ]
    return [corners[0], *kept, corners[-1]] if len(corners) > 1 else list(corners)


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{_text(x)} {_text(y)}" for x, y in corners)


def _text(value: float) -> str:
    """A coordinate; always with a point, whatever the page's language."""
    return f"{value:.1f}"
