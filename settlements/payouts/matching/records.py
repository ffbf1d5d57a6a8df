"""The two sides of a comparison."""

from __future__ import annotations

from typing import NamedTuple


class Detail(NamedTuple):
    """One payment inside a bank line that settles many; minor units, signed as the line."""

    key: str
    amount_minor: int


class BankLine(NamedTuple):
    """A line of the statement. `amount_minor` is positive for money into the wage account.

    `key` is our name of a payment or of a whole batch, "" when the bank tells none; `booked` an ISO
    date or instant, only ever compared as text of the same form.
    """

    reference: str
    amount_minor: int
    currency: str
    key: str = ""
    kind: str = ""  # payment, return, deposit, fee; "" is told from the sign
    payee: str = ""
    booked: str = ""
    details: tuple[Detail, ...] = ()


class Expected(NamedTuple):
    """A payout of ours. `state`: sent, unknown, paid, failed, returned. `rejected` is the bank's code
    when it said no; `batch` names the file or call that it went out with; `payee` what the bank's
    line has to show where it shows one; `sent` an ISO date or instant."""

    key: str
    amount_minor: int
    currency: str
    state: str = "paid"
    payee: str = ""
    sent: str = ""
    batch: str = ""
    rejected: str = ""
