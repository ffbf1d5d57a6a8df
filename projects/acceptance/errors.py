"""The ways acceptance says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class SheetDiffers(Refusal):
    """The number was drafted before with other content."""

    code = "task_sheet_differs"
    status = 422
    sentence = _("Task sheet %(number)s already exists with other content.")


class TooMuch(Refusal):
    """More accepted than was measured, or not less where only a part is accepted."""

    code = "accepted_quantity"
    status = 422
    sentence = _("The accepted quantity has to be from 0 up to the measured %(measured)s.")
