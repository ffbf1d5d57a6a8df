"""The ways signing in says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class WrongCode(Refusal):
    """One answer for a wrong, old, used or unknown code and for an unknown number."""

    code = "wrong_code"
    status = 401
    sentence = _("The number or the code is not right, or the code is too old.")


class TooManyTries(Refusal):
    code = "too_many_tries"
    status = 429
    sentence = _("Too many tries; wait an hour and try again.")
