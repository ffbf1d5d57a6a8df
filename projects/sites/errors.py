"""The ways a project says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class NotSettled(Refusal):
    """Something is still open: the project can be completed, not closed."""

    code = "not_settled"
    status = 409
    sentence = _("The project can't be closed yet: %(what)s.")
