"""What people do to a wage account."""

from settlements.funding.commands.account import (
    announce_closing,
    call_off_closing,
    close,
    freeze,
    open_wage_account,
    record_deposit,
    unfreeze,
)
from settlements.funding.commands.labour_cost import (
    NewLabourCost,
    answer_labour_cost,
    check,
    fulfil,
    lapse,
    propose_labour_cost,
    record_progress,
)
from settlements.funding.commands.security import (
    draw_security,
    lodge_security,
    require_security,
    return_security,
)
from settlements.funding.commands.surplus import answer_withdrawal, ask_withdrawal

__all__ = [
    "NewLabourCost",
    "announce_closing",
    "answer_labour_cost",
    "answer_withdrawal",
    "ask_withdrawal",
    "call_off_closing",
    "check",
    "close",
    "draw_security",
    "freeze",
    "fulfil",
    "lapse",
    "lodge_security",
    "open_wage_account",
    "propose_labour_cost",
    "record_deposit",
    "record_progress",
    "require_security",
    "return_security",
    "unfreeze",
]
