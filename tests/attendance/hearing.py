"""What capture itself has to do by the tests' own clock: the outbox goes by the database's."""

from __future__ import annotations

from jianzhu.kernel import clock
from jianzhu.outbox import relay
from jianzhu.outbox.models import OutboxMessage

CAPTURE = (
    "projects.attendance.understand",
    "projects.attendance.pull",
    "projects.attendance.enrolled",
    "projects.attendance.registered",
)
AT_ONCE = [name for name in CAPTURE if not name.endswith("pull")]


def settle():
    """Deliver to capture's listeners what is due now, until nothing is."""
    while True:
        due = OutboxMessage.objects.filter(
            listener__in=CAPTURE, due_at__lte=clock.now(), done_at=None, parked_at=None
        )
        # Without a time of its own a message is due by the database's clock, which is later.
        now = OutboxMessage.objects.filter(listener__in=AT_ONCE, done_at=None, parked_at=None)
        ids = [*due.values_list("pk", flat=True), *now.values_list("pk", flat=True)]
        if not ids:
            return
        for one in OutboxMessage.objects.filter(pk__in=ids).order_by("pk"):
            relay.deliver(one.listener, relay.undone([one.pk]))
