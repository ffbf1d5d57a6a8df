"""What a bank's code means: what may be done, who has to act, and what the worker is told.

Stripe payout codes, ISO 20022 reason codes and the sandbox bank's; an unknown code asks a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop


@dataclass(frozen=True, slots=True)
class Meaning:
    """`needs_new_payee`: nothing may go to this account again; `retryable`: try anew by itself."""

    owner: str
    sentence: str
    needs_new_payee: bool = False
    retryable: bool = False


_OTHER_ACCOUNT = gettext_noop("Your bank did not take the wage; name another account of your own.")
_CHECK_AGAIN = gettext_noop("Your account has to be checked again before wages can go there.")
_TRY_AGAIN = gettext_noop("The bank could not process the payment; it is tried again by itself.")
_FUND_SHORT = gettext_noop("The wage account was short; the contractor has to pay in.")
_PERSON = gettext_noop("The bank said something new; a person of the platform looks at it.")

NEW_PAYEE = Meaning("worker", _OTHER_ACCOUNT, needs_new_payee=True)
CODES: dict[str, Meaning] = {
    **dict.fromkeys(
        (
            "account_closed",
            "account_frozen",
            "bank_account_restricted",
            "debit_not_authorized",
            "invalid_account_number",
            "no_account",
            "unsupported_card",
            "name_mismatch",
            "AC01",
            "AC04",
            "AC06",
        ),
        NEW_PAYEE,
    ),
    "bank_ownership_changed": Meaning("operator", _CHECK_AGAIN, needs_new_payee=True),
    "could_not_process": Meaning("system", _TRY_AGAIN, retryable=True),
    "insufficient_funds": Meaning("general_contractor", _FUND_SHORT),
    "invalid_currency": Meaning("operator", _PERSON),
    "NARR": Meaning("operator", _PERSON),
}
UNKNOWN_CODE = Meaning("operator", _PERSON)


def meaning_of(code: str) -> Meaning:
    """The meaning of a code; one never seen before holds and asks the operator."""
    return CODES.get(code, UNKNOWN_CODE)
