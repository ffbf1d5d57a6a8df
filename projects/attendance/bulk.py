"""Many stored events at once, from many terminals: lines in, punches and parked events out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from projects.attendance.devices.lines import Event, is_possible, key_of
from projects.attendance.models import DeviceBody, ParkedEvent
from projects.attendance.steps import CLOCK_AHEAD_MAX, worker_on
from projects.attendance.writing import Group, Rows, escaped, stamp_text
from projects.sites.queries import Enrolled, Terminal

BACKSLASH = "\\"
Enrolments = Mapping[tuple[int, str], Sequence[Enrolled]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the lines of one body; `faults` are [code, place, detail]."""

    body_id: int
    events: int
    new: int
    parked: int
    faults: list[list[str]]

    @property
    def known(self) -> int:
        """Events that were punches before, or stood twice among the lines."""
        return self.events - self.new - self.parked


class Gate:
    """One terminal's part in sorting: what all its lines have in common is made once.

    `rows` are its punches as text by (key, told day).
    """

    def __init__(self, terminal: Terminal, enrolments: Enrolments, body: DeviceBody) -> None:
        self.terminal = terminal
        self.rows: dict[tuple[str, str], str] = {}
        self.workers: set[int] = set()
        self._zone = ZoneInfo(terminal.zone)
        self._drifts = bool(terminal.drifts or terminal.drift_seconds)
        self._side = "" if terminal.direction == "both" else terminal.direction
        self._enrolments, self._site = enrolments, terminal.site_id
        self._walls: list[datetime] = []
        self._instants: list[datetime] = []
        self._offsets: dict[timedelta | None, str] = {}
        self._latest = body.received_at + CLOCK_AHEAD_MAX
        # A wall clock that says less than this is not ahead, in whatever zone.
        self._sure = self._latest.astimezone(UTC).replace(tzinfo=None) - timedelta(days=1)
        self._head = f"{body.pk}\t{terminal.id}\t{terminal.site_id}\t{terminal.project_id}\t"
        received = stamp_text(body.received_at)
        self._tail = f"\tdevice\t{received}\t{received}\n"

    def take(self, event: Event) -> str:
        """Take the event as a row; what it says instead is the reason to park it."""
        told = event.at
        if not is_possible(told):
            return "time_out_of_bounds"
        if told.tzinfo is not None or self._drifts:
            return self._corrected(event, told.astimezone(UTC) if told.tzinfo else told)
        if told > self._sure and self._times(told)[0] > self._latest:
            return "clock_ahead"
        iso, offset = told.isoformat(), self._zone.utcoffset(told)
        if offset not in self._offsets:
            self._offsets[offset] = told.replace(tzinfo=self._zone).isoformat()[len(iso) :]
        at = iso + self._offsets[offset]
        self._walls.append(told)
        return self._row(event, iso, told.date(), at, at)

    def _corrected(self, event: Event, told: datetime) -> str:
        true_at, said = self._times(told)
        if true_at > self._latest:
            return "clock_ahead"
        on = true_at.astimezone(self._zone).date()
        self._instants.append(true_at)
        return self._row(event, told.isoformat(), on, true_at.isoformat(), said.isoformat())

    def _times(self, told: datetime) -> tuple[datetime, datetime]:
        """(true time, device time) of what the terminal told."""
        if told.tzinfo is None:
            offset = self._zone.utcoffset(told) or timedelta(0)
            said = (told - offset).replace(tzinfo=UTC)
        else:
            said = told
        return (said - self.terminal.drift_at(said) if self._drifts else said), said

    def _row(self, event: Event, iso: str, on: date, at: str, device_at: str) -> str:
        """`iso` is what was told, `on` the day on the site."""
        worker_id = worker_on(self._enrolments.get((self._site, event.person_no), ()), on)
        if worker_id is None:
            return "unknown_person"
        key = key_of(event, iso)
        self.workers.add(worker_id)
        self.rows.setdefault(
            (key, iso[:10]),
            f"{self._head}{worker_id}\t{at}\t{device_at}\t{iso[:10]}\t"
            f"{self._side or event.direction}\t{event.method}\t"
            f"{escaped(key) if BACKSLASH in key else key}{self._tail}",
        )
        return ""

    def span(self) -> tuple[datetime, datetime]:
        """The first and the last instant of what was taken."""
        ends = [self._times(end(self._walls))[0] for end in (min, max) if self._walls]
        ends += [end(self._instants) for end in (min, max) if self._instants]
        return min(ends), max(ends)


class Sorter:
    """Sorts the lines of one body into rows and parked events."""

    def __init__(
        self,
        body: DeviceBody,
        terminals: Mapping[tuple[str, str], Terminal],
        enrolments: Enrolments,
    ) -> None:
        self.body = body
        self.gates = {name: Gate(t, enrolments, body) for name, t in terminals.items()}
        self.parked: list[ParkedEvent] = []

    def sort(self, events: Iterable[Event], at: datetime) -> None:
        """Each becomes a row, or is parked with the reason."""
        for event in events:
            gate = self.gates.get((event.kind, event.serial))
            code = gate.take(event) if gate is not None else "unknown_device"
            if code:
                self._park(event, gate, code, at)

    def rows(self) -> Rows:
        """All gates' rows together."""
        found = Rows()
        groups: dict[tuple[int, int], list[Gate]] = defaultdict(list)
        for gate in self.gates.values():
            if gate.rows:
                device = gate.terminal.id
                found.texts |= {(device, *name): text for name, text in gate.rows.items()}
                groups[self.body.pk, gate.terminal.project_id].append(gate)
        for name, gates in groups.items():
            first, last = zip(*(gate.span() for gate in gates), strict=True)
            people = frozenset[int]().union(*(gate.workers for gate in gates))
            found.groups[name] = Group(min(first), max(last), people)
            found.counts[name] = sum(len(gate.rows) for gate in gates)
        return found

    def _park(self, event: Event, gate: Gate | None, code: str, at: datetime) -> None:
        terminal = gate.terminal if gate else None
        told = event.at.astimezone(UTC) if event.at.tzinfo else event.at
        self.parked.append(
            ParkedEvent(
                body=self.body,
                site_id=terminal.site_id if terminal else None,
                device_id=terminal.id if terminal else None,
                maker=event.kind,
                serial=event.serial,
                code=code,
                key=key_of(event, told.isoformat()),
                person_no=event.person_no,
                created_at=at,
                event={
                    "person_no": event.person_no,
                    "at": told.isoformat(),
                    "local": told.tzinfo is None,
                    "direction": event.direction,
                    "method": event.method,
                },
            )
        )
