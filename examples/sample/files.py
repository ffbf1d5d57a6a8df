"""Writing the files so that the same content is the same bytes, on any day and machine."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

_STAMP = (1980, 1, 1, 0, 0, 0)
_SAVED_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

Rows = Sequence[Sequence[Any]]


def write_csv(path: Path, header: Sequence[str], rows: Rows, encoding: str = "utf-8") -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def write_xlsx(path: Path, header: Sequence[str], rows: Rows) -> None:
    """A workbook of one sheet; dates are real date cells, everything else as given."""
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append([None if value == "" else value for value in row])
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(_undated(out.getvalue()))


def _undated(content: bytes) -> bytes:
    # Stored, not deflated: two versions of zlib may pack the same text differently.
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = _SAVED_AT.sub(rb"\g<1>2026-11-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, _STAMP), part)
    return out.getvalue()


def capture(
    *,
    method: str,
    path: str,
    body: bytes,
    received_at: datetime,
    query: Mapping[str, str] | None = None,
    content_type: str = "",
    encoding: str = "",
) -> dict[str, Any]:
    """One recorded request. The body stands as text where it is UTF-8, else as base64."""
    headers = {"host": "gate.example.invalid"}
    if content_type:
        headers["content-type"] = content_type
    if encoding:
        headers["content-encoding"] = encoding
    try:
        told = {"body_text": body.decode("utf-8")}
    except UnicodeDecodeError:
        told = {"body_base64": base64.b64encode(body).decode()}
    return {
        "received_at": received_at.isoformat(),
        "method": method,
        "path": path,
        "query": dict(query or {}),
        "headers": headers,
        **told,
    }


def write_captures(path: Path, captures: Iterable[dict[str, Any]]) -> None:
    """JSON lines in the order of arrival."""
    ordered = sorted(captures, key=lambda c: datetime.fromisoformat(c["received_at"]))
    path.write_text(
        "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in ordered), encoding="utf-8"
    )
