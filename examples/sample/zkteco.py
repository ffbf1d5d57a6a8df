"""ZKTeco terminals of site A: lines of local time without a zone, in batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sample.attendance import Passage
from sample.dates import CHINA
from sample.files import capture

NORTH, NORTH_NEW, SOUTH, STRANGER = (f"ZK99A00000{number}" for number in ("01", "02", "03", "99"))
DRIFT_SECONDS = 7 * 60  # the new north terminal runs ahead
BATCH_LINES = 6
BATCH_GAP = timedelta(minutes=20)


class Terminal:
    """Makes the requests of one terminal whose clock shows `zone` plus `drift` seconds."""

    def __init__(self, serial: str, zone: ZoneInfo = CHINA, drift: int = 0) -> None:
        self.serial, self.zone, self.drift = serial, zone, timedelta(seconds=drift)
        self.captures: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.waiting: list[str] = []
        self.last_at: datetime | None = None

    def starts(self, at: datetime) -> None:
        """The hand-shake, a poll for commands, and the users it has."""
        options = {"SN": self.serial, "options": "all", "pushver": "2.4.1", "language": "83"}
        self._request("GET", "/iclock/cdata", options, "", at)
        self._request(
            "GET", "/iclock/getrequest", {"SN": self.serial}, "", at + timedelta(seconds=3)
        )
        user = "USER PIN=1\tName=admin\tPri=14\tPasswd=\tCard=\tGrp=1\tTZ=0000000100000000\n"
        table = {"SN": self.serial, "table": "OPERLOG", "Stamp": "9999"}
        self._request("POST", "/iclock/cdata", table, user, at + timedelta(seconds=5))

    def passes(self, passage: Passage) -> None:
        """One line; sent with others when six have gathered or twenty minutes passed."""
        if self.last_at and passage.at - self.last_at > BATCH_GAP:
            self.flush()
        shown = (passage.at + self.drift).astimezone(self.zone)
        status = "0" if passage.direction == "in" else "1"
        line = f"{passage.person.person_no}\t{shown:%Y-%m-%d %H:%M:%S}\t{status}\t15\t0\t0\t0\n"
        self.lines.append(line)
        self.waiting.append(line)
        self.last_at = passage.at
        if len(self.waiting) >= BATCH_LINES:
            self.flush()

    def flush(self) -> None:
        if self.waiting and self.last_at:
            self._attlog(self.waiting, self.last_at + timedelta(seconds=20))
        self.waiting = []

    def sends_everything_again(self, at: datetime) -> None:
        """A reset stamp brings the whole store back, newest first."""
        self._attlog(self.lines[::-1], at, stamp="0")

    def _attlog(self, lines: list[str], at: datetime, stamp: str = "9999") -> None:
        table = {"SN": self.serial, "table": "ATTLOG", "Stamp": stamp}
        self._request("POST", "/iclock/cdata", table, "".join(lines), at)

    def _request(
        self, method: str, path: str, query: dict[str, str], body: str, at: datetime
    ) -> None:
        self.captures.append(
            capture(
                method=method,
                path=path,
                query=query,
                body=body.encode(),
                received_at=at,
                content_type="text/plain" if body else "",
            )
        )
