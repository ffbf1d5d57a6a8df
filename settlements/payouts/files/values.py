"""What goes into a file and what comes back of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


class Unreadable(Exception):
    """A file that can't be taken as a whole, with the place and what is wrong there."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One payment of a file; minor units."""

    number: int
    key: str
    amount_minor: int
    account: str
    name: str
    bank_code: str = ""
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class FileHead:
    """Who pays, what the file is called, and when it was made."""

    name: str
    currency: str
    payer_account: str
    payer_name: str
    made_at: datetime
    payer_bank: str = ""


@dataclass(frozen=True, slots=True)
class ResultLine:
    """The bank's word on one line: `status` paid, accepted or rejected."""

    key: str
    status: str
    amount_minor: int | None = None
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A result file: the name of the file it is about ("" where the bank doesn't say), its lines."""

    of: str
    lines: tuple[ResultLine, ...] = field(default=())
