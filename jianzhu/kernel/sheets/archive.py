"""A workbook is a zip archive from a stranger: judged by its directory, before unpacking."""

from __future__ import annotations

import io
import struct
import zipfile

from jianzhu.kernel.sheets.faults import Unreadable, shown

PARTS_MAX = 500
DIRECTORY_BYTES_MAX = PARTS_MAX * 300
UNPACKED_BYTES_MAX = 128 * 1024 * 1024  # worksheets are streamed
PART_BYTES_MAX = 16 * 1024 * 1024  # everything else (shared strings, styles) is held in memory

_END = struct.Struct("<4sHHHHIIH")  # end of central directory record, PKWARE APPNOTE 4.3.16
_END_SIGNATURE, _END64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_LOCATOR_SIZE = 20
_ENCRYPTED = 0x1
_FORBIDDEN = ("vbaproject", "macrosheets/", "externallinks/", "embeddings/", "activex/")
_NESTED = (".zip", ".xlsx", ".xlsm", ".xlsb", ".xls", ".docx", ".docm", ".exe", ".jar", ".7z")


def opened(content: bytes) -> zipfile.ZipFile:
    """The archive, once nothing in its directory speaks against it; raises Unreadable."""
    _judge_end(content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError) as error:
        raise Unreadable("broken_workbook", detail=shown(error)) from None
    _judge_parts(archive.infolist())
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable("not_a_sheet")
    return archive


def _judge_end(content: bytes) -> None:
    # The end record is found where it must stand, at the very end: Python would also look for one
    # before a comment, and would follow a 64-bit locator to sizes that no sheet has.
    end = content[-_END.size :]
    locator = content[-_END.size - _LOCATOR_SIZE : -_END.size]
    found = len(end) == _END.size and end.startswith(_END_SIGNATURE)
    if not found or locator.startswith(_END64_LOCATOR):
        raise Unreadable("broken_workbook", detail="zip")
    _, _, _, _, parts, directory_bytes, _, comment_bytes = _END.unpack(end)
    if parts > PARTS_MAX or directory_bytes > DIRECTORY_BYTES_MAX:
        raise Unreadable("too_many_parts", limit=PARTS_MAX)
    if comment_bytes:
        raise Unreadable("broken_workbook", detail="zip")


def _judge_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_MAX:
        raise Unreadable("too_many_parts", limit=PARTS_MAX)
    if len({part.filename.lower() for part in parts}) != len(parts):
        raise Unreadable("broken_workbook", detail="zip: duplicate names")
    for part in parts:
        _judge_part(part)
    total = sum(part.file_size for part in parts)
    if total > UNPACKED_BYTES_MAX:
        raise Unreadable("unpacks_too_large", part="XLSX", size=total, limit=UNPACKED_BYTES_MAX)


def _judge_part(part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if part.flag_bits & _ENCRYPTED:
        raise Unreadable("old_workbook")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("broken_workbook", detail=f"zip: method {part.compress_type}")
    if name.endswith(_NESTED) or any(word in name for word in _FORBIDDEN):
        raise Unreadable("forbidden_part", part=shown(part.filename))
    if part.file_size > PART_BYTES_MAX and not name.startswith("xl/worksheets/"):
        raise Unreadable(
            "unpacks_too_large",
            part=shown(part.filename),
            size=part.file_size,
            limit=PART_BYTES_MAX,
        )
