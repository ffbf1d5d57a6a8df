"""The ways funding says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class NoWageAccount(Refusal):
    code = "no_wage_account"
    sentence = _("Project %(project)s has no wage account yet; open one first.")


class DepositDiffers(Refusal):
    """The bank's reference was recorded before, with another amount or payer."""

    code = "deposit_differs"
    status = 422
    sentence = _("Deposit %(reference)s was already recorded with another amount or payer.")


class CannotClose(Refusal):
    """Arrears, an open case or the notice stand against it (Decree 724 art. 26)."""

    code = "wage_account_cannot_close"
    sentence = _("The wage account can't be closed: %(why)s.")
