"""The ways a case says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class NothingToDispute(Refusal):
    """No line of this worker's own was named."""

    code = "no_lines"
    status = 422
    sentence = _("Name at least one line of one statement of yours.")


class AlreadyDisputed(Refusal):
    code = "already_disputed"
    sentence = _("Line %(line)s is already under a case.")


class NotAssigned(Refusal):
    """Only the arbitrator to whom the case is assigned decides it."""

    code = "not_assigned"
    status = 403
    sentence = _("This case is not assigned to you.")


class PartyToTheCase(Refusal):
    """A tie between the decider and a side (Arbitration Law art. 33)."""

    code = "conflict_of_interest"
    status = 403
    sentence = _("%(name)s can't decide this case: %(why)s.")


class StaleDraft(Refusal):
    """The decider changed since: nobody issues another's draft."""

    code = "stale_draft"
    sentence = _(
        "This draft was written before the case was given to somebody else; write a new one."
    )


class NothingDrafted(Refusal):
    code = "nothing_drafted"
    sentence = _("There is no draft of yours that could be issued.")


class AwardIncomplete(Refusal):
    code = "award_incomplete"
    status = 422
    sentence = _("The decision has to name an amount from 0 up for each line: %(lines)s.")


class MalformedDeadline(Refusal):
    """A deadline quote that can't be reckoned, with the place where it is wrong."""

    code = "malformed_deadline"
    status = 400
    sentence = _("%(field)s: %(problem)s")


class CaseSuspended(Refusal):
    """While an order stands the case does not move."""

    code = "case_suspended"
    sentence = _("Case %(case)s is suspended; it goes on when the order ends.")


class NotSuspended(Refusal):
    code = "not_suspended"
    sentence = _("No order stands in case %(case)s.")


class CaseEnded(Refusal):
    code = "case_ended"
    sentence = _("Case %(case)s has ended; nothing is to be said in it any more.")


class NoParty(Refusal):
    """The actor's company is not a side of this case."""

    code = "no_party"
    status = 403
    sentence = _("You are no party of case %(case)s.")


class OfferOver(Refusal):
    code = "offer_over"
    sentence = _("The offer %(offer)s is not open any more.")


class SimpleOnly(Refusal):
    code = "simple_only"
    sentence = _("This is only possible in the simple procedure.")


class NoticeTooShort(Refusal):
    """Hearings of the ordinary procedure are told five days before (art. 35)."""

    code = "notice_too_short"
    status = 422
    sentence = _("The parties had to be told of this hearing by %(last)s; choose a later day.")


class WindowClosed(Refusal):
    code = "window_closed"
    sentence = _("The time to go to court over decision %(decision)s is over, or never ran.")


class FinalForEmployer(Refusal):
    """Art. 47, 48: only the worker may sue over a final item."""

    code = "final_for_employer"
    sentence = _(
        "Decision %(decision)s is final for the employer; only setting aside can be asked."
    )


class NotToSetAside(Refusal):
    """Art. 49: the employer, and final items alone."""

    code = "not_to_set_aside"
    sentence = _("Only the employer can ask to set aside, and only a final decision.")


class AdvanceTooMuch(Refusal):
    """Art. 44: what is clear, and no more than is claimed."""

    code = "advance_too_much"
    status = 422
    sentence = _("Line %(line)s: at most %(most)s can be advanced.")
