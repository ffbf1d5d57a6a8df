"""How far a line is and what it waits for, in the reader's language; what the marks mean."""

from __future__ import annotations

from django.utils.translation import gettext as _

from settlements.statements.queries import Line
from settlements.statements.rules import SENTENCES


def how_far(line: Line) -> str:
    """ "paid", "released", "accepted", "worked"."""
    return _(line.stage)


def waits_for(line: Line) -> str:
    """The sentence behind the line's reason, with its day; nothing when it waits for nothing."""
    if not line.reason or line.state == "released":
        return ""
    said = _(SENTENCES[line.reason]) if line.reason in SENTENCES else line.reason
    return f"{said} ({line.due_on.isoformat()})" if line.due_on else said


def legend() -> str:
    """The marks of the attendance sheet."""
    return _(
        "√ a whole day · 半 half a day · 0.75 a part of a day · 加n hours over · 休 rest day · "
        "假 statutory holiday · ? waits for an answer"
    )
