"""The ways the desk says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class NoSuchPaper(Refusal):
    """The case has not come to the point that the paper tells of."""

    code = "no_such_paper"
    status = 409
    sentence = _("This case has no %(paper)s yet.")
