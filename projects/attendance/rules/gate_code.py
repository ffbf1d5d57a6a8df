"""The code that a gate shows and a phone scans: bound to the site, good for a minute (after RFC 6238).

1234.59652345.K7ZP…   site, step of half a minute, 80 bits of HMAC-SHA-256
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from datetime import UTC, datetime, timedelta

STEP_SECONDS = 30
MAC_BYTES = 10
# Shown for one step; who scans at its end still has another to tap.
GOOD_FOR = timedelta(seconds=2 * STEP_SECONDS)
EARLY = timedelta(seconds=STEP_SECONDS)
# Sent within this of being shown, the code proves that the phone was at the gate.
LIVE = timedelta(minutes=2)


def make(key: bytes, site_id: int, at: datetime) -> str:
    """The code that the site's gate shows at this instant."""
    return _code(key, site_id, int(at.timestamp()) // STEP_SECONDS)


def good_until(at: datetime) -> datetime:
    """When the code of this instant is taken no more."""
    step = int(at.timestamp()) // STEP_SECONDS
    return datetime.fromtimestamp(step * STEP_SECONDS, UTC) + GOOD_FOR


def check(key: bytes, code: str, site_id: int, at: datetime, received_at: datetime) -> str:
    """What a code proves of a punch at `at`: "gate_code" (sent while it was shown), "gate_code_late"
    (right, but sent so late that it may have been passed on), "gate_code_stale" (of another time:
    replayed), "gate_code_forged"."""
    parts = code.split(".")
    if len(parts) != 3 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > 12:
        return "gate_code_forged"
    step = int(parts[1])
    if not hmac.compare_digest(_code(key, site_id, step).encode(), code.encode()):
        return "gate_code_forged"
    shown_at = datetime.fromtimestamp(step * STEP_SECONDS, UTC)
    if not shown_at - EARLY <= at <= shown_at + GOOD_FOR:
        return "gate_code_stale"
    return "gate_code" if received_at <= shown_at + LIVE else "gate_code_late"


def _code(key: bytes, site_id: int, step: int) -> str:
    said = f"{site_id}.{step}"
    mac = hmac.digest(key, said.encode(), "sha256")[:MAC_BYTES]
    return f"{said}.{b32encode(mac).decode()}"
