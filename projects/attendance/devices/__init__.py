"""What gates say, understood: pure parsers, one module per maker.

A device body is stored and answered at once (`answer`) and understood afterwards (`read`). Neither
function raises for bad content: whatever can't be understood becomes a `Fault` with code and place.
Nothing here reads the clock, the database or the file system; a picture's file name is never used.

    answer(maker, request, zone=site_zone)   what the device expects to hear
    read(maker, request)                     events, pictures, faults, and a count of the rest
"""

from __future__ import annotations

from types import ModuleType
from zoneinfo import ZoneInfo

from projects.attendance.devices import dahua, hikvision, uface, zkteco
from projects.attendance.devices.shapes import (
    DeviceAnswer,
    DeviceEvent,
    DevicePicture,
    DeviceRequest,
    Direction,
    Fault,
    Maker,
    Method,
    Reading,
    RequestKind,
)

__all__ = [
    "DeviceAnswer",
    "DeviceEvent",
    "DevicePicture",
    "DeviceRequest",
    "Direction",
    "Fault",
    "Maker",
    "Method",
    "Reading",
    "RequestKind",
    "answer",
    "read",
]

_MODULES: dict[Maker, ModuleType] = {
    Maker.HIKVISION: hikvision,
    Maker.ZKTECO: zkteco,
    Maker.DAHUA: dahua,
    Maker.UFACE: uface,
}


def read(maker: Maker, request: DeviceRequest) -> Reading:
    """Everything that the request says. Never raises for content."""
    reading: Reading = _MODULES[maker].read(request)
    return reading


def answer(maker: Maker, request: DeviceRequest, *, zone: ZoneInfo) -> DeviceAnswer:
    """The answer that stops the device from sending again, made without parsing the body.

    `zone` is the site's; only the ZKTeco hand-shake tells it to the device. On a storage failure
    the caller answers 500 itself, so that the device keeps the event.
    """
    said: DeviceAnswer = _MODULES[maker].answer(request, zone)
    return said
