"""A plan as a Gantt chart: SVG that reads on a phone, prints on paper, and needs no script."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from projects.scheduling.plans.queries import Part
from projects.scheduling.rules import Calendar

ROW, HEAD, LABEL, FOOT = 26, 46, 190, 34
DAY_LEAST, DAY_MOST, WIDTH = 7, 28, 1_100
FIRST_SQUARE = 0x2E80
# Bars by site; each differs in lightness too, so that they print in grey.
COLOURS = ("#0969da", "#8250df", "#1a7f37", "#9a6700", "#bf3989", "#0550ae", "#57606a", "#cf222e")
STYLE = """
text { font: 12px system-ui, "Noto Sans SC", "PingFang SC", sans-serif; fill: #1f2328 }
.soft { fill: #57606a; font-size: 10px } .grid { stroke: #d0d7de; stroke-width: 1 }
.off { fill: #f0f2f5 } .today { stroke: #cf222e; stroke-width: 2; stroke-dasharray: 4 3 }
.bar { stroke: #1f2328; stroke-width: .5 } .pin { fill: #1f2328 } .due { fill: #cf222e }
.moved { fill: none; stroke: #cf222e; stroke-width: 2 } .on { fill: #fff; font-size: 11px }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of days in a row, with the words on it and behind it."""

    first: date
    last: date
    text: str
    title: str
    colour: int
    pinned: bool = False
    moved: bool = False
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the chart."""

    label: str
    bars: tuple[Bar, ...]


def by_package(parts: Iterable[Part]) -> list[Row]:
    """A row per package, in the order of their days."""
    colours = _Colours()
    return [
        Row(f"{p.code} {p.name}", (_bar(p, ", ".join(s.worker for s in p.seats), colours),))
        for p in parts
    ]


def by_worker(parts: Iterable[Part], crew_id: int | None = None) -> list[Row]:
    """A row per worker, of one crew or of all."""
    colours = _Colours()
    rows: dict[tuple[str, str, int], list[Bar]] = defaultdict(list)
    for part in parts:
        for seat in part.seats:
            if crew_id is None or seat.crew_id == crew_id:
                bar = _bar(part, f"{part.code} {part.name}", colours, seat.starts_on, seat.ends_on)
                rows[seat.crew, seat.worker, seat.worker_id].append(bar)
    return [
        Row(f"{worker} · {crew}" if crew and crew_id is None else worker, tuple(bars))
        for (crew, worker, _id), bars in sorted(rows.items())
    ]


class _Colours:
    """The same site, the same colour."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, site: str) -> int:
        return self._known.setdefault(site, len(self._known) % len(COLOURS))


def _bar(
    part: Part, text: str, colours: _Colours, first: date | None = None, last: date | None = None
) -> Bar:
    # Of a worker's row many packages would be due: the package's own row says it.
    due = part.due_on if first is None else None
    first, last = first or part.starts_on, last or part.ends_on
    lines = [f"{part.code} {part.name}", f"{first} – {last}", *([part.site] if part.site else [])]
    lines += [f"{s.worker} {s.crew}".strip() for s in part.seats]
    lines += part.moved
    return Bar(
        first, last, text, "\n".join(lines), colours.of(part.site), part.pinned, bool(part.moved),
        due,
    )  # fmt: skip


def svg(rows: list[Row], *, title: str, country: str, today: date | None = None) -> str:
    """The chart; an empty one says so."""
    bars = [bar for row in rows for bar in row.bars]
    if not bars:
        return _frame(title, 400, 80, [_text(12, 50, _("Nothing is planned."))])
    first = min(b.first for b in bars)
    first -= timedelta(days=first.weekday())
    last = max(b.last for b in bars) + timedelta(days=1)
    days = (last - first).days + 1
    wide = max(DAY_LEAST, min(DAY_MOST, (WIDTH - LABEL) // days))
    chart = _Chart(first, last, wide, country)
    height = HEAD + ROW * len(rows)
    drawn = [*chart.grid(height)]
    for number, row in enumerate(rows):
        drawn += chart.row(row, HEAD + ROW * number)
    if today is not None and first <= today <= last:
        x = chart.x(today) + wide / 2
        drawn.append(f'<line class="today" x1="{x}" x2="{x}" y1="{HEAD - 4}" y2="{height}"/>')
    drawn += _legend(height + 20)
    return _frame(title, LABEL + days * wide + 8, height + FOOT, drawn)


@dataclass(frozen=True, slots=True)
class _Chart:
    first: date
    last: date
    wide: int
    country: str

    def x(self, day: date) -> int:
        return LABEL + (day - self.first).days * self.wide

    def grid(self, height: int) -> Iterable[str]:
        """Weeks as lines, days off as shade, months on top."""
        working = set(Calendar.of(self.first, self.last, self.country).days)
        days = (self.last - self.first).days + 1
        for day in (self.first + timedelta(days=n) for n in range(days)):
            x = self.x(day)
            if day not in working:
                yield (
                    f'<rect class="off" x="{x}" y="{HEAD - 14}" width="{self.wide}" '
                    f'height="{height - HEAD + 14}"/>'
                )
            if day.weekday() == 0:
                yield f'<line class="grid" x1="{x}" x2="{x}" y1="{HEAD - 16}" y2="{height}"/>'
            if self.wide >= 16 or day.weekday() == 0:
                yield _text(x + 2, HEAD - 4, str(day.day), "soft")
            if day.day == 1 or day == self.first:
                yield _text(x + 2, HEAD - 20, f"{day:%Y-%m}")

    def row(self, row: Row, y: int) -> Iterable[str]:
        yield f'<line class="grid" x1="0" x2="{self.x(self.last) + self.wide}" y1="{y}" y2="{y}"/>'
        yield _text(4, y + 17, _cut(row.label, LABEL - 8))
        for bar in row.bars:
            yield from self.bar(bar, y)

    def bar(self, bar: Bar, y: int) -> Iterable[str]:
        x = self.x(bar.first)
        width = self.x(bar.last) + self.wide - x - 1
        box = f'x="{x}" y="{y + 4}" width="{width}" height="{ROW - 8}" rx="3"'
        yield f"<g><title>{escape(bar.title)}</title>"
        yield f'<rect class="bar" {box} fill="{COLOURS[bar.colour]}"/>'
        if bar.moved:
            yield f'<rect class="moved" {box}/>'
        if shown := _cut(bar.text, width - 8):
            yield _text(x + 4, y + 17, shown, "on")
        if bar.pinned:
            yield f'<circle class="pin" cx="{x + width - 6}" cy="{y + 9}" r="3"/>'
        if bar.due is not None and self.first <= bar.due <= self.last:
            due = self.x(bar.due) + self.wide
            yield (
                f'<path class="due" d="M{due} {y + 4} l-5 0 l5 7 z">'
                f"<title>{escape(_('due'))} {bar.due}</title></path>"
            )
        yield "</g>"


def _legend(y: int) -> list[str]:
    words = [
        ('<circle class="pin" cx="9" cy="{y}" r="3"/>', _("pinned by hand")),
        ('<rect class="moved" x="3" y="{y5}" width="12" height="10" rx="2"/>', _("moved")),
        ('<path class="due" d="M12 {y5} l-5 0 l5 7 z"/>', _("due day")),
        ('<line class="today" x1="2" x2="16" y1="{y}" y2="{y}"/>', _("today")),
    ]
    drawn, x = [], 4
    for shape, word in words:
        drawn.append(f'<g transform="translate({x} 0)">{shape.format(y=y - 4, y5=y - 9)}</g>')
        drawn.append(_text(x + 20, y, word, "soft"))
        x += 40 + int(_wide(word))
    return drawn


def _wide(text: str) -> float:
    """About how many pixels a text of eleven points takes: Chinese characters are square."""
    return sum(11.5 if ord(char) > FIRST_SQUARE else 6.5 for char in text)


def _cut(text: str, room: float) -> str:
    """The text, or as much of it as fits with an ellipsis; nothing where that says nothing."""
    if _wide(text) <= room:
        return text
    while text and _wide(text) + 11 > room:
        text = text[:-1]
    return f"{text.rstrip(' ,')}…" if text else ""


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x}" y="{y}">{escape(text)}</text>'


def _frame(title: str, width: int, height: int, drawn: Iterable[str]) -> str:
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(title)} '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>\n{body}\n</svg>"
    )
