"""Main gate of site A: one Hikvision face terminal per direction, pushing one request per event."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sample.attendance import Passage
from sample.dates import CHINA, day
from sample.files import capture

PATH = "/devices/hikvision/events"
MAC_IN, MAC_OUT = "a4:d5:c2:99:00:01", "a4:d5:c2:99:00:02"
PICTURE_DAY, REPEATED_DAY, LATE_DAY, BROKEN_DAY = day(8), day(12), day(20), day(14)
UTC_DAYS = frozenset({day(19), day(20), day(21)})  # after a reset the exit terminal names UTC
BACK_ONLINE = time(21, 0)
UNKNOWN_PERSON_NO, UNKNOWN_PERSON_DAY = "00999", day(12)
FACE_OK, FACE_FAILED = 75, 76

# The smallest thing that starts and ends like a JPEG: no picture of anybody.
TINY_JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
BOUNDARY = "MIME_boundary"


class Terminal:
    """Makes the requests of one terminal; its serial numbers run on."""

    def __init__(self, mac: str, direction: str) -> None:
        self.mac, self.direction = mac, direction
        self.serial = 1000
        self.captures: list[dict[str, Any]] = []

    def passes(self, passage: Passage) -> None:
        """A verified face, with everything that goes wrong on that day."""
        body = self._event(passage.at, FACE_OK, passage.person.person_no, passage.person.name)
        arrived = passage.at + timedelta(seconds=2)
        on = passage.at.astimezone(CHINA).date()
        if on == LATE_DAY and self.direction == "in":
            # No network all day: the morning arrives after the evening, marked as backlog.
            body["AccessControllerEvent"]["currentEvent"] = False
            arrived = datetime.combine(on, BACK_ONLINE, CHINA) + timedelta(
                seconds=self.serial % 100
            )
        self._send(body, arrived, picture=on == PICTURE_DAY)
        if on == REPEATED_DAY:
            self._send(body, arrived + timedelta(minutes=30))

    def refuses(self, at: datetime) -> None:
        """A face that nobody knows."""
        self._send(self._event(at, FACE_FAILED), at + timedelta(seconds=2))

    def stranger(self, at: datetime) -> None:
        """A verified person whose number is not enrolled on this site."""
        self._send(self._event(at, FACE_OK, UNKNOWN_PERSON_NO, "访客"), at + timedelta(seconds=2))

    def breaks_off(self, at: datetime) -> None:
        """A body cut in the middle, as after a lost connection."""
        text = json.dumps(self._event(at, FACE_FAILED), ensure_ascii=False)
        self._post(text[:200].encode(), at, "application/json")

    def beats(self, at: datetime) -> None:
        self._send({"macAddress": self.mac, "eventType": "heartBeat"}, at)

    def _event(
        self, at: datetime, minor: int, person_no: str = "", name: str = ""
    ) -> dict[str, Any]:
        self.serial += 1
        local = at.astimezone(CHINA)
        utc = self.direction == "out" and local.date() in UTC_DAYS
        who = {"employeeNoString": person_no, "name": name, "userType": "normal"}
        return {
            "ipAddress": "192.0.2.11",
            "portNo": 8000,
            "protocol": "HTTP",
            "macAddress": self.mac,
            "channelID": 1,
            "dateTime": (at.astimezone(UTC) if utc else local).isoformat(),
            "activePostCount": 1,
            "eventType": "AccessControllerEvent",
            "eventState": "active",
            "eventDescription": "Access Controller Event",
            "AccessControllerEvent": {
                "deviceName": f"main gate {self.direction}",
                "majorEventType": 5,
                "subEventType": minor,
                **(who if person_no else {}),
                "cardReaderKind": 1,
                "cardReaderNo": 1,
                "doorNo": 1,
                "verifyNo": 165,
                "serialNo": self.serial,
                "currentVerifyMode": "cardOrFaceOrFp",
                "frontSerialNo": self.serial - 1,
                "attendanceStatus": "undefined",
                "label": "",
                "statusValue": 0,
                "mask": "no",
                "picturesNumber": 0,
                "purePwdVerifyEnable": True,
            },
        }

    def _send(self, body: dict[str, Any], arrived: datetime, picture: bool = False) -> None:
        if picture:
            body["AccessControllerEvent"]["picturesNumber"] = 1
        text = json.dumps(body, ensure_ascii=False).encode()
        if not picture:
            self._post(text, arrived, "application/json")
            return
        self._post(_multipart(text), arrived, f"multipart/form-data; boundary={BOUNDARY}")

    def _post(self, body: bytes, arrived: datetime, content_type: str) -> None:
        self.captures.append(
            capture(
                method="POST", path=PATH, body=body, received_at=arrived, content_type=content_type
            )
        )


def _multipart(event: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
    return b"".join(
        [
            head,
            b'"event_log"\r\nContent-Type: application/json\r\n\r\n',
            event,
            b"\r\n",
            head,
            b'"Picture"; filename="Picture.jpg"\r\nContent-Type: image/jpeg\r\n\r\n',
            TINY_JPEG,
            f"\r\n--{BOUNDARY}--\r\n".encode(),
        ]
    )
