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
    code = "conflict_of_interest"
    status = 403
    sentence = _("%(name)s belongs to a party of this project and can't decide its cases.")


class AwardIncomplete(Refusal):
    code = "award_incomplete"
    status = 422
    sentence = _("The decision has to name an amount from 0 up for each line: %(lines)s.")


class MalformedDeadline(Refusal):
    """A deadline quote that can't be reckoned, with the place where it is wrong."""

    code = "malformed_deadline"
    status = 400
    sentence = _("%(field)s: %(problem)s")
