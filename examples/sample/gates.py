"""Every passage on its way through a gate into recorded requests or a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sample import dahua, hikvision, zkteco
from sample.attendance import OUT_AT_OTHER_GATE, OUT_AT_UNKNOWN_DEVICE, Passage
from sample.dates import CHINA, NEW_YORK, day
from sample.people import CARPENTERS, CONCRETE, MASONS, REBAR, crew_on

NO_POWER_ON = day(22)  # the main gate: a sheet by hand instead
SHEET_B_DAYS = frozenset(day(number) for number in range(12, 17))  # the terminal of B in repair
EAST_OFFLINE = frozenset({day(20), day(21)})
NEW_NORTH_FROM = day(19)
ALL_AGAIN_AT = datetime.combine(day(15), time(12, 30), CHINA)


@dataclass
class Gates:
    """All terminals and sheets of the month, while passages run through them."""

    main_in: hikvision.Terminal = field(
        default_factory=lambda: hikvision.Terminal(hikvision.MAC_IN, "in")
    )
    main_out: hikvision.Terminal = field(
        default_factory=lambda: hikvision.Terminal(hikvision.MAC_OUT, "out")
    )
    north: zkteco.Terminal = field(default_factory=lambda: zkteco.Terminal(zkteco.NORTH))
    north_new: zkteco.Terminal = field(
        default_factory=lambda: zkteco.Terminal(zkteco.NORTH_NEW, drift=zkteco.DRIFT_SECONDS)
    )
    south: zkteco.Terminal = field(
        default_factory=lambda: zkteco.Terminal(zkteco.SOUTH, ZoneInfo("UTC"))
    )
    stranger: zkteco.Terminal = field(default_factory=lambda: zkteco.Terminal(zkteco.STRANGER))
    east: dahua.Terminal = field(default_factory=lambda: dahua.Terminal(dahua.EAST, EAST_OFFLINE))
    site_b: dahua.Terminal = field(default_factory=lambda: dahua.Terminal(dahua.SITE_B))
    sheet_a: list[Passage] = field(default_factory=list)
    sheet_b: list[Passage] = field(default_factory=list)

    def run(self, passages: list[Passage]) -> None:
        """The month: hand-shakes, every passage, what doors and strangers do, and the backlogs."""
        self._start()
        for passage in passages:
            if passage.at > ALL_AGAIN_AT and not self._sent_again(self.north):
                self.north.flush()
                self.north.sends_everything_again(ALL_AGAIN_AT)
            self._route(passage)
        for terminal in (self.north, self.north_new, self.south, self.stranger):
            terminal.flush()
        self.east.tells_what_it_stored(datetime.combine(day(22), time(6, 20), CHINA))
        self._noise()

    def captures(self) -> dict[str, list[dict[str, Any]]]:
        """The recorded requests by file name."""
        return {
            "hikvision-main-in": self.main_in.captures,
            "hikvision-main-out": self.main_out.captures,
            "zkteco-north": self.north.captures,
            "zkteco-north-new": self.north_new.captures,
            "zkteco-south-utc": self.south.captures,
            "zkteco-unknown": self.stranger.captures,
            "dahua-east": self.east.captures,
            "dahua-site-b": self.site_b.captures,
        }

    def _route(self, passage: Passage) -> None:
        shift, out = passage.shift, passage.direction == "out"
        crew = crew_on(passage.person, shift.on)
        if not passage.person.on_a:
            by_hand = shift.on in SHEET_B_DAYS
            self.sheet_b.append(passage) if by_hand else self.site_b.passes(passage)
        elif out and shift.name == OUT_AT_UNKNOWN_DEVICE:
            self.stranger.passes(passage)
        elif out and shift.name == OUT_AT_OTHER_GATE:
            self.north_new.passes(passage)
        elif crew == REBAR and shift.on == NO_POWER_ON:
            self.sheet_a.append(passage)
        elif crew == REBAR:
            (self.main_out if out else self.main_in).passes(passage)
        elif crew == CARPENTERS:
            (self.north if shift.on < NEW_NORTH_FROM else self.north_new).passes(passage)
        elif crew == MASONS:
            self.east.passes(passage)
        elif crew == CONCRETE:
            self.south.passes(passage)

    def _start(self) -> None:
        begin = datetime.combine(day(1), time(6, 0), CHINA)
        for at, terminal in enumerate((self.north, self.south)):
            terminal.starts(begin + timedelta(minutes=at))
        self.north_new.starts(datetime.combine(NEW_NORTH_FROM, time(6, 0), CHINA))
        self.stranger.starts(datetime.combine(day(16), time(16, 0), CHINA))

    def _noise(self) -> None:
        """What every gate says besides passages."""
        for number in range(1, 32):
            for terminal in (self.main_in, self.main_out):
                terminal.beats(datetime.combine(day(number), time(5, 0), CHINA))
        for number in (8, 13, 16, 23, 28):
            self.main_in.refuses(datetime.combine(day(number), time(6, 45, number), CHINA))
        for number in (9, 14, 19, 27):
            self.east.door(datetime.combine(day(number), time(10, 15, number), CHINA))
        self.site_b.door(datetime.combine(day(8), time(10, 0), NEW_YORK))
        visit = hikvision.UNKNOWN_PERSON_DAY
        self.main_in.stranger(datetime.combine(visit, time(9, 4, 11), CHINA))
        self.main_out.stranger(datetime.combine(visit, time(11, 37, 52), CHINA))
        self.main_in.breaks_off(datetime.combine(hikvision.BROKEN_DAY, time(6, 41, 3), CHINA))

    @staticmethod
    def _sent_again(terminal: zkteco.Terminal) -> bool:
        return any(capture["query"].get("Stamp") == "0" for capture in terminal.captures)
