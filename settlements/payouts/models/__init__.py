"""The nouns of the room."""

from settlements.payouts.models.bank import (
    BankEntry,
    BankStatement,
    Break,
    RailCursor,
    bank_statement_machine,
    break_machine,
)
from settlements.payouts.models.batch import BatchLine, PayoutBatch, batch_machine
from settlements.payouts.models.payout import (
    LIVE_STATES,
    WAITING_STATES,
    Payout,
    payout_machine,
)
from settlements.payouts.models.rail import ConnectedAccount, RailCall, RailEvent
from settlements.payouts.models.resolution import PayoutResolution, resolution_machine

__all__ = [
    "LIVE_STATES",
    "WAITING_STATES",
    "BankEntry",
    "BankStatement",
    "BatchLine",
    "Break",
    "ConnectedAccount",
    "Payout",
    "PayoutBatch",
    "PayoutResolution",
    "RailCall",
    "RailCursor",
    "RailEvent",
    "bank_statement_machine",
    "batch_machine",
    "break_machine",
    "payout_machine",
    "resolution_machine",
]
