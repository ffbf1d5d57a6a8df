"""The sample month's files: sheets by name, recorded requests of terminals."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from jianzhu.kernel.errors import Refusal
from jianzhu.kernel.sheets import Row, RowFault, read
from jianzhu.kernel.sheets.layouts import COLUMNS
from projects.attendance.devices import DeviceRequest, Maker

HOME = Path(settings.ROOT) / "examples" / "month"


class BadSheet(Refusal):
    """A sheet can't be taken as it is; every fault is named."""

    code = "bad_sheet"
    status = 422
    sentence = "%(faults)s"

    def __init__(self, faults: tuple[RowFault, ...]) -> None:
        super().__init__(faults="\n".join(str(fault) for fault in faults[:50]))


def sheet(kind: str) -> Path:
    """The sample's sheet of this kind."""
    return next((HOME / "setup").glob(f"{kind}.*"))


def rows(kind: str, file: Path) -> list[Row]:
    """The typed rows of a sheet; BadSheet names everything that is wrong with it."""
    found = read(file.name, file.read_bytes(), COLUMNS[kind])
    if found.faults:
        raise BadSheet(tuple(found.faults))
    return list(found.rows)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded request and the maker whose terminal sent it."""

    maker: Maker
    serial: str
    request: DeviceRequest


def recorded() -> list[Recorded]:
    """Every recorded request that carries news, in the order of arrival."""
    found = [one for file in sorted((HOME / "devices").glob("*.jsonl")) for one in _of(file)]
    return sorted(found, key=lambda one: one.request.received_at)


def _of(file: Path) -> Iterator[Recorded]:
    maker = Maker(file.name.split("-")[0])
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            if said["method"] != "POST":
                continue
            body = (
                base64.b64decode(said["body_base64"])
                if "body_base64" in said
                else said["body_text"].encode()
            )
            yield Recorded(
                maker,
                said["query"].get("SN", ""),
                DeviceRequest(
                    method=said["method"],
                    path=said["path"],
                    query=said["query"],
                    headers=said["headers"],
                    body=body,
                    received_at=datetime.fromisoformat(said["received_at"]),
                ),
            )
