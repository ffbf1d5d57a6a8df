"""What a group of codes leads to: state, owner, clock, and the sentence that the worker reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop


@dataclass(frozen=True, slots=True)
class Meaning:
    """`state`: returned (owed again, this account gets nothing), held (a person acts first) or retry.

    `owner` has to act within `clock`; `needs_new_payee`: nothing may go to this account again;
    `retryable`: tried anew by itself under a new key, as the bank's definite no is proof.
    """

    group: str
    state: str
    owner: str
    clock: timedelta
    sentence: str
    needs_new_payee: bool = False

    @property
    def retryable(self) -> bool:
        return self.state == "retry"

    @property
    def is_quiet(self) -> bool:
        """Whether it goes out by itself: nobody who reads of it could do anything."""
        return self.group in ("retry", "waits", "stopped")


_DAY = timedelta(days=1)

GROUPS: dict[str, Meaning] = {
    meaning.group: meaning
    for meaning in (
        Meaning(
            "account", "returned", "worker", 7 * _DAY,
            gettext_noop("Your bank did not take the wage; name another account of your own."),
            needs_new_payee=True,
        ),
        Meaning(
            "name", "returned", "worker", 7 * _DAY,
            gettext_noop("The account is not under your name; name an account of your own."),
            needs_new_payee=True,
        ),
        Meaning(
            "limit", "returned", "worker", 7 * _DAY,
            gettext_noop("The account may not take so much; name one without the limit."),
            needs_new_payee=True,
        ),
        Meaning(
            "fraud", "held", "operator", _DAY,
            gettext_noop("Your account has to be checked again before wages can go there."),
            needs_new_payee=True,
        ),
        Meaning(
            "retry", "retry", "system", timedelta(minutes=5),
            gettext_noop("The bank could not process the payment; it is tried again by itself."),
        ),
        Meaning(
            "declined", "held", "operator", _DAY,
            gettext_noop("The bank declined the payment; a person of the platform asks it why."),
        ),
        Meaning(
            "fund", "held", "general_contractor", _DAY,
            gettext_noop("The wage account was short; the contractor has to pay in."),
        ),
        Meaning(
            "onboarding", "held", "worker", 7 * _DAY,
            gettext_noop("The payment service still needs something from you; open its form."),
        ),
        Meaning(
            "bank", "held", "operator", _DAY,
            gettext_noop("The bank of your account was not found; the platform corrects it."),
        ),
        Meaning(
            "duplicate", "held", "operator", timedelta(hours=4),
            gettext_noop("The bank thinks that this was paid before; a person of the platform looks."),
        ),
        Meaning(
            "config", "held", "operator", _DAY,
            gettext_noop("The payment could not be made as it was; the platform corrects it."),
        ),
        Meaning(
            "no_payee", "held", "worker", 7 * _DAY,
            gettext_noop("There is no checked account of your own yet; name one on your page."),
        ),
        Meaning(
            "waits", "held", "system", 7 * _DAY,
            gettext_noop("Your account was changed; the first payment to it waits for safety."),
        ),
        Meaning(
            "stopped", "held", "operator", _DAY,
            gettext_noop("Payments are stopped for a check; yours goes out by itself afterwards."),
        ),
        Meaning(
            "found", "held", "operator", _DAY,
            gettext_noop("The bank paid you already; that payment is laid to your work first."),
        ),
        Meaning(
            "silent", "held", "operator", _DAY,
            gettext_noop("The bank does not say whether it paid; the platform asks it in writing."),
        ),
        Meaning(
            "unknown", "held", "operator", _DAY,
            gettext_noop("The bank said something new; a person of the platform looks at it."),
        ),
    )
}  # fmt: skip
