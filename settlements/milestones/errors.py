"""The ways milestones say no, in the order in which they are checked."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class MilestoneDiffers(Refusal):
    """The number was planned before with other terms."""

    code = "milestone_differs"
    status = 422
    sentence = _("Milestone %(number)s already exists with other terms.")


class BadAmount(Refusal):
    """No labour amount, or a retention that is more than it or has no day."""

    code = "milestone_amount"
    status = 422
    sentence = _(
        "The labour amount is more than nothing, and a retention is at most that and ends "
        "after the work."
    )


class NotInCrew(Refusal):
    """The share rule names a worker who is not in the crew on any day of the work."""

    code = "sharer_not_in_crew"
    status = 422
    sentence = _("The share rule names worker %(worker)s, who is not in the crew in these days.")


class NoPoints(Refusal):
    """Points or percent without anybody's, or the other rules with some."""

    code = "share_points"
    status = 422
    sentence = _("The rule %(rule)s needs agreed figures, and only points and percent have them.")


class NotAHundred(Refusal):
    """Agreed percentages that don't make the whole."""

    code = "shares_not_100"
    status = 422
    sentence = _("The agreed percentages come to %(total)s, not to 100.")


class NothingLeft(Refusal):
    """Handed in again although everything is accepted."""

    code = "milestone_complete"
    status = 409
    sentence = _("Milestone %(number)s is accepted as a whole; nothing is left to hand in.")


class PartAmount(Refusal):
    """A part is more than was accepted before and less than the whole."""

    code = "accepted_amount"
    status = 422
    sentence = _(
        "The amount accepted so far has to be more than %(before)s and less than %(whole)s."
    )


class ShareOutChanged(Refusal):
    """The share-out is another one by now: nobody signs what they have not seen."""

    code = "share_out_changed"
    status = 409
    sentence = _("The share-out changed since you read it; read it again, then sign.")


class SharesOpen(Refusal):
    """Nothing was shared out yet, so there is nothing to correct."""

    code = "shares_open"
    status = 409
    sentence = _("Nothing of milestone %(number)s was shared out yet.")


class NotASharer(Refusal):
    """A correction names somebody who has no share."""

    code = "not_a_sharer"
    status = 422
    sentence = _("Worker %(worker)s has no share in this milestone.")
