"""Many stored events at once, from many terminals: lines in, punches and parked events out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from projects.attendance.devices.lines import Event, is_possible, key_of
from projects.attendance.models import DeviceBody, ParkedEvent
from projects.attendance.steps import CLOCK_AHEAD_MAX, worker_on
from projects.attendance.writing import Passage
from projects.sites.queries import Enrolled, Terminal

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
    """One terminal's part in sorting: what all its lines have in common is looked up once."""

    __slots__ = ("drifts", "enrolments", "side", "terminal", "zone")

    def __init__(self, terminal: Terminal, enrolments: Enrolments) -> None:
        self.terminal = terminal
        self.zone = ZoneInfo(terminal.zone)
        self.drifts = bool(terminal.drifts or terminal.drift_seconds)
        self.side = "" if terminal.direction == "both" else terminal.direction
        self.enrolments = enrolments

    def times(self, told: datetime) -> tuple[datetime, datetime, date]:
        """(true time, device time, the true time's day on the site) of what the terminal told."""
        if told.tzinfo is None:
            offset = self.zone.utcoffset(told) or timedelta(0)
            said = (told - offset).replace(tzinfo=UTC)
            if not self.drifts:
                return said, said, told.date()
        else:
            said = told
        true_at = said - self.terminal.drift_at(said) if self.drifts else said
        return true_at, said, true_at.astimezone(self.zone).date()


class Sorter:
    """Sorts the lines of one body into passages and parked events."""

    def __init__(
        self,
        body: DeviceBody,
        terminals: Mapping[tuple[str, str], Terminal],
        enrolments: Enrolments,
    ) -> None:
        self.body = body
        self.gates = {name: Gate(terminal, enrolments) for name, terminal in terminals.items()}
        self.latest = body.received_at + CLOCK_AHEAD_MAX
        self.passages: list[Passage] = []
        self.parked: list[ParkedEvent] = []

    def sort(self, events: Iterable[Event], at: datetime) -> None:
        """Each becomes a passage, or is parked with the reason."""
        for event in events:
            gate = self.gates.get((event.kind, event.serial))
            code = "unknown_device" if gate is None else self._pass(event, gate)
            if code:
                self._park(event, gate, code, at)

    def _pass(self, event: Event, gate: Gate) -> str:
        """Take the event as a passage; what it says instead is the reason to park it."""
        terminal = gate.terminal
        if not is_possible(event.at):
            return "time_out_of_bounds"
        told = event.at.astimezone(UTC) if event.at.tzinfo else event.at
        true_at, said, day = gate.times(told)
        if true_at > self.latest:
            return "clock_ahead"
        enrolled = gate.enrolments.get((terminal.site_id, event.person_no), ())
        worker_id = worker_on(enrolled, day)
        if worker_id is None:
            return "unknown_person"
        self.passages.append(
            Passage(
                self.body.pk,
                terminal.id,
                terminal.site_id,
                terminal.project_id,
                worker_id,
                true_at,
                said,
                self.body.received_at,
                told.date(),
                gate.side or event.direction,
                event.method,
                "device",
                key_of(event, told),
            )
        )
        return ""

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
                key=key_of(event, told),
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
