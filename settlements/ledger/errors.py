"""The ways the ledger says no, in the order they are checked."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class KeyReused(Refusal):
    """Same key, other content: two different movements can't share a name."""

    code = "transfer_key_reused"
    status = 422
    sentence = _("Transfer %(key)s was already made with other content.")


class NotAMovement(Refusal):
    """An amount of nothing or less, or from an account to itself."""

    code = "not_a_movement"
    status = 422
    sentence = _("Transfer %(key)s moves nothing: amounts are above zero, between two accounts.")


class OutOfRange(Refusal):
    """A sum would not fit into 64 bits; nothing was written."""

    code = "amount_out_of_range"
    status = 422
    sentence = _("The amounts are too large to be booked.")


class OtherCurrency(Refusal):
    code = "other_currency"
    status = 422
    sentence = _("An account of the transfer is kept in another currency.")


class AccountClosed(Refusal):
    code = "account_closed"
    sentence = _("An account of the transfer is closed.")


class NotPermitted(Refusal):
    """Not on the closed list of what may touch wages (`permitted.TABLE`)."""

    code = "movement_not_permitted"
    sentence = _("This movement is not permitted: %(why)s.")


class WagesFirst(Refusal):
    """Wages of work already done rank first (Decree 724 art. 26, 33)."""

    code = "wages_first"
    sentence = _("Wages of work already done are not paid yet; nothing else may leave the account.")


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
