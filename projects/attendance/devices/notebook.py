"""What a parser writes down while it reads one request: faults, counts, and the limits it keeps."""

from __future__ import annotations

from collections import Counter

from projects.attendance.devices.shapes import DeviceEvent, DevicePicture, Fault

BODY_BYTES_MAX = 10 * 1024 * 1024
INFLATED_BYTES_MAX = 20 * 1024 * 1024
EVENTS_MAX = 100_000  # one request; a device's whole store is about this
FAULTS_MAX = 100  # kept with their place; the rest only counted
TEXT_MAX = 255
PERSON_NO_MAX = 40  # as long as a number can be enrolled


class Notebook:
    """Mutable while one request is read; frozen into a `Reading` at the end."""

    def __init__(self) -> None:
        self.events: list[DeviceEvent] = []
        self.faults: list[Fault] = []
        self.counted: Counter[str] = Counter()
        self.pictures: list[DevicePicture] = []

    def fault(self, code: str, place: str, detail: str = "") -> None:
        """Note a fault; past the limit only its number, so that a hostile body stays cheap."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Fault(code, place, detail[:TEXT_MAX]))
        else:
            self.counted[f"fault:{code}"] += 1

    def add(self, event: DeviceEvent) -> None:
        if len(self.events) < EVENTS_MAX:
            self.events.append(event)
            return
        if not self.counted["events_over_limit"]:
            self.fault("too_many_events", "body", f"only {EVENTS_MAX} are read")
        self.counted["events_over_limit"] += 1
