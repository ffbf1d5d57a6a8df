"""The ways a payee account is refused, in the order they are checked."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class ReauthenticationNeeded(Refusal):
    """Whoever changes where wages go proves anew who they are, whatever session they have."""

    code = "reauthentication_needed"
    status = 403
    sentence = _("Prove anew that it is you: a fresh code sent to your phone, or your password.")


class NameDiffers(Refusal):
    """The account is under another name than the real-name record."""

    code = "name_differs"
    status = 422
    sentence = _("The account's holder is not the worker of the real-name record.")


class NeedsReview(Refusal):
    """A fraud signal: a person of the platform looks first."""

    code = "needs_review"
    status = 409
    sentence = _("A person of the platform has to look at this account first (%(why)s).")
