"""The ways attendance says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class BadIntervals(Refusal):
    """Intervals that can't be one day's work."""

    code = "bad_intervals"
    status = 422
    sentence = _("The times of %(on)s are not possible: %(problem)s.")


class AlreadyAsked(Refusal):
    code = "correction_open"
    sentence = _("A correction of %(on)s already waits for an answer.")


class FutureDay(Refusal):
    code = "future_day"
    status = 422
    sentence = _("%(on)s is not over yet.")
