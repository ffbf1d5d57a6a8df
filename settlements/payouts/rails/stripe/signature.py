"""Whether a webhook's body was signed by the provider: HMAC-SHA256 over "t.body", on the raw bytes.

Several secrets may be valid while one is being replaced, and a header may carry several signatures.
A time in the future is refused like an old one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

TOLERANCE_SECONDS = 300
SIGNATURES_MAX = 20


class Forged(Exception):
    """Not signed by the provider, or not now; the body was not looked at."""


def check(body: bytes, header: str, secrets: Sequence[str], at: datetime) -> None:
    """Raise Forged unless one secret signed exactly these bytes within the tolerance."""
    signed_at, given = _parsed(header)
    expected = [
        hmac.new(secret.encode(), f"{signed_at}.".encode() + body, hashlib.sha256).hexdigest()
        for secret in secrets
    ]
    # Every pair is compared, so that the time taken tells nothing.
    right = [hmac.compare_digest(e.encode(), g.encode()) for e in expected for g in given]
    if not any(right):
        raise Forged("no signature fits")
    if abs(at.timestamp() - signed_at) > TOLERANCE_SECONDS:
        raise Forged("not signed now")


def _parsed(header: str) -> tuple[int, list[str]]:
    times, given = [], []
    for item in header.split(",")[:SIGNATURES_MAX]:
        name, _, value = item.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) < 12:
            times.append(int(value))
        elif name == "v1" and value.isascii():
            given.append(value)
    if len(times) != 1 or not given:
        raise Forged("no time or no signature")
    return times[0], given
