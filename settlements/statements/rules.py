"""The three-way match (rules of pay §1), from values only.

A line is held by the first of its three records that is missing; it matches when none is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from projects.acceptance.queries import Sheet
from projects.attendance.queries import Day


@dataclass(frozen=True, slots=True)
class Hold:
    """What a line waits for: coded reason, who owes the datum, and by when (None: no clock)."""

    reason: str
    owed_by: str
    due_on: date | None = None


# The plain sentence behind each reason, as worker and contractor read it.
SENTENCES = {
    "attendance_open": gettext_noop("The day's punches are still being read."),
    "attendance_exception": gettext_noop("The day is unclear and waits for an answer."),
    "no_crew": gettext_noop("The worker was in no crew that day."),
    "acceptance_missing": gettext_noop("No task sheet covers this day yet."),
    "acceptance_not_submitted": gettext_noop("The crew's task sheet was not handed in yet."),
    "acceptance_waiting": gettext_noop("The accepting side has not answered yet."),
    "acceptance_rejected": gettext_noop(
        "The work was rejected; its time is paid when the clock runs out."
    ),
    "piece_rejected": gettext_noop("The quantity was rejected; it is paid after cure."),
    "milestone_rejected": gettext_noop("This part was not accepted; it is paid after cure."),
    "share_open": gettext_noop("The accepted amount is being shared out."),
    "share_refused": gettext_noop("The agreed shares do not fit who was there."),
    "share_unsigned": gettext_noop("Your share is shown to you; silence lets it go."),
    "share_objected": gettext_noop("You objected to your share; it waits for you alone."),
    "retention_kept": gettext_noop("Agreed to be kept until this day; then it goes out."),
    "period_open": gettext_noop("This line is computed when its days are over."),
    "terms_gap": gettext_noop("No agreed rate covers this day."),
    "wage_refused": gettext_noop("The wage could not be computed from these records."),
    "dispute_ended": gettext_noop("The case ended; the records are compared again."),
    "gate_worker": gettext_noop("The worker is asked to confirm; silence lets it go."),
    "gate_labour_officer": gettext_noop(
        "The labour officer is asked to check; silence lets it go."
    ),
    "unfunded": gettext_noop("The wage account does not hold enough money."),
    "bank_not_read": gettext_noop(
        "The database was put back; what the bank has paid meanwhile is read first."
    ),
    "paid_before_restore": gettext_noop(
        "The bank has paid some of this already; it is laid to the lines that come to that amount."
    ),
}

DAY_CONFIRMED = ("confirmed", "corrected", "locked")


def day_hold(day: Day) -> Hold | None:
    """What attendance still lacks for this day."""
    if day.state in DAY_CONFIRMED:
        return None
    if day.state == "exception":
        return Hold("attendance_exception", "general_contractor", day.answer_due_on)
    return Hold("attendance_open", "system")


def time_hold(day: Day, sheets: Iterable[Sheet]) -> Hold | None:
    """What a time line of this day still waits for: attendance first, then acceptance.

    `sheets` are those of the day's crew that cover the day; one that is accepted suffices.
    """
    held = day_hold(day)
    if held is not None:
        return held
    if day.crew_id is None:
        return Hold("no_crew", "subcontractor")
    return _acceptance_hold(list(sheets))


def _acceptance_hold(sheets: Sequence[Sheet]) -> Hold | None:
    """Time waits until the end of the very first silence clock, however often the sheet goes round."""
    if any(sheet.time_accepted_at is not None for sheet in sheets):
        return None
    waiting = [s for s in sheets if s.time_due_at is not None]
    if waiting:
        first = min(waiting, key=lambda s: (s.time_due_at, s.id))
        reason = "acceptance_rejected" if first.state == "rejected" else "acceptance_waiting"
        assert first.time_due_at is not None
        return Hold(reason, "owner", first.time_due_at.date())
    if sheets:
        return Hold("acceptance_not_submitted", "crew_leader")
    return Hold("acceptance_missing", "crew_leader")


def piece_hold(sheet: Sheet, sharers: Iterable[Day]) -> Hold | None:
    """What a piece line waits for: the sheet's acceptance, and where shares go by 工 every sharer's
    days, because each of them moves all shares. Agreed points and equal shares need presence only,
    which an unclear day proves as well as a clean one.
    """
    if not sheet.accepted_thousandths:
        if sheet.state == "rejected":
            return Hold("piece_rejected", "crew_leader", sheet.cure_by)
        if sheet.state in ("submitted", "inspected") and sheet.silence_due_at is not None:
            return Hold("acceptance_waiting", "owner", sheet.silence_due_at.date())
        return Hold("acceptance_not_submitted", "crew_leader")
    for day in sharers if sheet.share_rule == "workdays" else ():
        held = day_hold(day)
        if held is not None:
            return held
    return None


# So many different sums are looked at before a choice of lines is given up.
SUMS_MAX = 200_000


def summing_to(amounts: Sequence[int], total: int) -> set[int] | None:
    """Places of amounts that come to exactly `total`, the earliest that do; None when none do.

    Amounts and total in minor units. Wages of one worker on one project stand for each other: which of
    several equal days was meant by a payment changes nobody's money.
    """
    reached: dict[int, tuple[int, ...]] = {0: ()}
    for place, amount in enumerate(amounts):
        for before, places in list(reached.items()):
            reached.setdefault(before + amount, (*places, place))
        if reached.get(total):
            return set(reached[total])
        if len(reached) > SUMS_MAX:
            return None
    return None
