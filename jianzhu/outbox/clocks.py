"""Whether this machine's clock agrees with the database's, by which leases and due times go.

Whoever delivers takes the time from its own machine. One whose clock jumped would let a hold end early
or a clock run out, so it stands still, and says so, until both agree; others go on.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection

from jianzhu.kernel import clock

log = logging.getLogger(__name__)

# A person should look.
ALARM = timedelta(seconds=5)
# Shorter than any hold or clock of the product.
STANDSTILL = timedelta(seconds=60)


def apart() -> timedelta:
    """This machine's clock minus the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    here = clock.now()
    found: timedelta = here - there
    return found


def agree() -> bool:
    """False when nothing may be delivered by this machine's clock."""
    by = apart()
    if abs(by) > ALARM:
        log.critical("this machine's clock is %.0f s from the database's", by.total_seconds())
    return abs(by) <= STANDSTILL
