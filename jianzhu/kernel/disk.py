"""How full the disk is on which this machine keeps pictures, logs and, embedded, the database.

A full disk stops PostgreSQL in the middle of whatever it does. What was acknowledged survives that, but
nobody is paid meanwhile: so it is told early, and payouts stop before anything else has to.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings


def used_percent(folder: Path | None = None) -> int:
    """Whole per cent in use, reserved blocks counted as used; 0 while the folder is not there yet."""
    place = folder or settings.VAR
    if not place.exists():
        return 0
    total, _used, free = shutil.disk_usage(place)
    return 100 - free * 100 // total if total else 0


def faults() -> list[str]:
    """A sentence when so little is left that payouts have to stop."""
    used = used_percent()
    if used < settings.DISK_STOP_PERCENT:
        return []
    return [f"the disk under {settings.VAR} is {used} % full"]
