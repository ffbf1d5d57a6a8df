"""The ways the ledger says no, in the order they are checked."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class KeyReused(Refusal):
    """Same key, other content: two different movements can't share a name."""

    code = "transfer_key_reused"
    status = 422
    sentence = _("Transfer %(key)s was already made with other content.")


class NoSuchReserve(Refusal):
    code = "no_such_reserve"
    status = 404
    sentence = _("There is no reserve %(key)s.")


class AlreadyCompleted(Refusal):
    """The reserve was posted or voided before, or the transfer reversed before."""

    code = "already_completed"
    sentence = _("Transfer %(key)s was already completed (%(phase)s).")


class Expired(Refusal):
    code = "reserve_expired"
    sentence = _("The reserve %(key)s expired at %(expires_at)s; the full amount is free again.")


class ExceedsReserve(Refusal):
    code = "exceeds_reserve"
    status = 422
    sentence = _("%(amount)s is more than the %(reserved)s that %(key)s reserved.")


class Overdrawn(Refusal):
    """The account's free balance is smaller than what was asked; refused at the reserve."""

    code = "overdrawn"
    sentence = _("Not enough money on the account %(account)s: %(missing)s is missing.")
