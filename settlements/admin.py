"""Money, for operators to look at."""

from jianzhu.web.admin import show
from settlements.models import (
    Account,
    BankEntry,
    Deposit,
    Dispute,
    DisputedLine,
    Entry,
    Payout,
    RegionalValue,
    Statement,
    StatementLine,
    Transfer,
    WageAccount,
)

show(
    WageAccount,
    Deposit,
    Account,
    Transfer,
    Entry,
    Statement,
    StatementLine,
    RegionalValue,
    Payout,
    BankEntry,
    Dispute,
    DisputedLine,
)
