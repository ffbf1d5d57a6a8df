"""The device parsers under libFuzzer, guided by what the bytes reach:

    python -m tests.attendance.fuzz_parsers [-runs=N] [libFuzzer's options]

The first byte picks the maker and the encoding, the rest is the body. atheris is not among the pinned
packages; without it nothing is run, and that is said.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

try:
    import atheris
except ImportError:
    print("atheris is not installed: the parsers were not fuzzed", file=sys.stderr)
    sys.exit(0)

with atheris.instrument_imports():
    from projects.attendance.devices import DeviceRequest, Maker, read
    from projects.attendance.devices.lines import read_lines

MAKERS = list(Maker)
ENCODINGS = ("", "deflate", "gzip")
AT = datetime(2026, 10, 12, 4, tzinfo=UTC)


def try_one(data: bytes) -> None:
    """Whatever raises here is a fault of ours."""
    choice, body = (data[0], data[1:]) if data else (0, b"")
    if choice % 5 == len(MAKERS):
        read_lines(body)
        return
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    if encoding := ENCODINGS[choice // 5 % len(ENCODINGS)]:
        headers["content-encoding"] = encoding
    query = {"SN": "ZK990001", "table": "ATTLOG"}
    read(
        MAKERS[choice % 5],
        DeviceRequest("POST", "/iclock/cdata", query, headers, body, AT),
    )


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()
