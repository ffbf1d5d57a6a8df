"""What stands in the header for whom: names of pages, and the right that makes each one's.

The room of a page stands above this one, so a page is known here by its name alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.access.models import User
from jianzhu.web.pages import page_actor


@dataclass(frozen=True, slots=True)
class Entry:
    """A page, shown to whoever may do the verb to the noun and is such a `reader`."""

    page: str
    says: str
    noun: str
    verb: str
    reader: str = "office"

    def shown_to(self, actor: Actor) -> bool:
        """Whether it is one of the actor's pages."""
        return READERS[self.reader](actor) and policy.may(actor, self.noun, self.verb)


READERS: dict[str, Callable[[Actor], bool]] = {
    "worker": lambda actor: actor.worker_id is not None,
    "leader": lambda actor: "crew_leader" in actor.roles,
    "office": lambda actor: bool(actor.roles - {"worker", "crew_leader"}),
    "site": lambda actor: bool(actor.roles - {"worker"}),
}
# A page that stands twice is there by either right.
MENU = (
    Entry("me", gettext_noop("My work and pay"), "statement", "read", "worker"),
    Entry("punch", gettext_noop("Punch"), "phone_punch", "send", "worker"),
    Entry("assignments", gettext_noop("Planned work"), "assignment", "read", "worker"),
    Entry("roll-call", gettext_noop("Roll call"), "roll_call", "call", "leader"),
    Entry("acceptance", gettext_noop("Acceptance"), "task_sheet", "read", "site"),
    Entry("crew-case", gettext_noop("Object for the crew"), "statement_line", "dispute", "leader"),
    Entry("projects", gettext_noop("Projects"), "project", "read", "site"),
    Entry("gates", gettext_noop("Gates"), "device", "read"),
    Entry("payments", gettext_noop("Payments"), "break", "read"),
    Entry("payout-switch", gettext_noop("Stop switch"), "payout_switch", "read"),
    Entry("desk", gettext_noop("Cases by urgency"), "dispute", "conduct"),
    Entry("desk", gettext_noop("Cases by urgency"), "dispute", "assign"),
    Entry("cases", gettext_noop("Cases"), "dispute", "read"),
    Entry("desk-figures", gettext_noop("Figures"), "case_figure", "read"),
    Entry("erasures", gettext_noop("Erasing data"), "erasure", "read"),
)


def menu(request: HttpRequest) -> dict[str, Any]:
    """Template context: {"menu": {page: label}} of whoever is signed in."""
    if not isinstance(getattr(request, "user", None), User):
        return {}
    actor = page_actor(request)
    return {"menu": {one.page: _(one.says) for one in MENU if one.shown_to(actor)}}
