"""Dahua terminals: one event a request while the network is there, a batch when it was not."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime, timedelta
from typing import Any

from sample.attendance import Passage
from sample.files import capture

PATH = "/devices/dahua/events"
EAST, SITE_B = "DH99A0000001", "DH99B0000001"
FACE, EXIT_BUTTON = 15, 5


class Terminal:
    """Makes the requests of one terminal. On the `offline` days it stores, and tells later."""

    def __init__(self, serial: str, offline: frozenset[date] = frozenset()) -> None:
        self.serial, self.offline = serial, offline
        self.block = 10_000
        self.captures: list[dict[str, Any]] = []
        self.stored: list[dict[str, Any]] = []

    def passes(self, passage: Passage) -> None:
        self.block += 1
        data = self._data(passage)
        if passage.at.date() in self.offline:
            self.stored.append({"Code": "AccessControl", "Data": data, "DataSource": "Offline"})
            return
        self._send(
            {"Action": "Pulse", "Code": "AccessControl", "Data": data, "Index": 0}, passage.at
        )

    def door(self, at: datetime) -> None:
        """The door opens, and somebody presses the exit button: neither says who."""
        seconds = int(at.timestamp())
        state = {"RealUTC": seconds, "SN": self.serial, "Status": "Open", "UTC": seconds}
        self._send({"Action": "Pulse", "Code": "DoorStatus", "Data": state, "Index": 0}, at)
        button = {
            "UserID": "",
            "CardName": "",
            "Method": EXIT_BUTTON,
            "Type": "Exit",
            "Status": 1,
            "SN": self.serial,
            "CreateTime": seconds,
        }
        self._send({"Action": "Pulse", "Code": "AccessControl", "Data": button}, at)

    def tells_what_it_stored(self, at: datetime) -> None:
        """The backlog in two batches, the later days first; the second one deflated."""
        half = len(self.stored) // 2
        self._send({"Events": self.stored[half:]}, at)
        packed = zlib.compress(_json({"Events": self.stored[:half]}), 0)
        self._post(packed, at + timedelta(seconds=30), "deflate")

    def _data(self, passage: Passage) -> dict[str, Any]:
        seconds = int(passage.at.timestamp())
        return {
            "BlockId": self.block,
            "CardName": passage.person.name,
            "CardNo": "",
            "CardType": 0,
            "CreateTime": seconds,
            "CurrentTemperature": 0.0,
            "Door": 0,
            "ErrorCode": 0,
            "HatColor": "Yellow",
            "HatType": 1,
            "IsOverTemperature": 0,
            "Method": FACE,
            "ReaderID": "1" if passage.direction == "in" else "2",
            "RealUTC": seconds,
            "SN": self.serial,
            "Status": 1,
            "Type": "Entry" if passage.direction == "in" else "Exit",
            "UTC": seconds,
            "UserID": passage.person.person_no,
            "UserType": 0,
        }

    def _send(self, body: dict[str, Any], at: datetime) -> None:
        self._post(_json(body), at + timedelta(seconds=1))

    def _post(self, body: bytes, at: datetime, encoding: str = "") -> None:
        self.captures.append(
            capture(
                method="POST",
                path=PATH,
                body=body,
                received_at=at,
                content_type="application/json",
                encoding=encoding,
            )
        )


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
