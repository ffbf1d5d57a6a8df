"""What clocks and sides of a case are called: their codes are short, and short words mean many things."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

CLOCKS = {
    "supply": gettext_noop("bringing evidence"),
    "proposal": gettext_noop("answering the offer"),
    "expedited": gettext_noop("settling by data"),
    "talk": gettext_noop("talks"),
    "mediation": gettext_noop("mediation"),
    "intake": gettext_noop("accepting the case or not"),
    "one_notice": gettext_noop("telling everything in one notice"),
    "correction": gettext_noop("completing the application"),
    "serve": gettext_noop("serving the application"),
    "bench": gettext_noop("naming the arbitrator"),
    "answer": gettext_noop("answering the application"),
    "forward_answer": gettext_noop("passing the answer on"),
    "award": gettext_noop("deciding the case"),
    "award_simple": gettext_noop("deciding the case in the simple procedure"),
    "sue": gettext_noop("going to court"),
    "set_aside": gettext_noop("asking to set it aside"),
}
SIDES = {
    "claimant": gettext_noop("the claimant"),
    "respondent": gettext_noop("the respondent"),
    "both": gettext_noop("both sides"),
    "decider": gettext_noop("the arbitrator"),
    "mediator": gettext_noop("the mediator"),
}


def clock(name: str) -> str:
    """What is to be done in its time."""
    return _(CLOCKS[name]) if name in CLOCKS else name.replace("_", " ")


def source(cited: str) -> str:
    """Where a clock was read, and what of it was not, as `Clock.cited` writes it."""
    read, mark, unread = cited.partition(" [not checked: ")
    said = _(read) if read else ""
    return f"{said} [{_('not checked')}: {unread}" if mark else said


def side(code: str) -> str:
    """Who owes it."""
    return _(SIDES[code]) if code in SIDES else code.replace("_", " ")
