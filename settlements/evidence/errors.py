"""The ways evidence says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class NotSealedYet(Refusal):
    """The newest events wait for the sealer: a transaction of before is still open somewhere."""

    code = "not_sealed_yet"
    status = 409
    sentence = _("The log is being sealed; ask again in a few seconds.")


class NotErasable(Refusal):
    """The person's records have to be kept still."""

    code = "not_erasable"
    status = 409
    sentence = _("The records of this person have to be kept until %(until)s.")


class StillOwed(Refusal):
    """Something about the person is open: work, a case, or money."""

    code = "still_open"
    status = 409
    sentence = _("Not everything is settled with this person yet: %(what)s.")
