"""Django looks for models here; they live in their rooms."""

from settlements.adjustments.models import Adjustment
from settlements.disputes.models import Dispute, DisputedLine
from settlements.evidence.models import Erasure, Retention
from settlements.funding.models import (
    Deposit,
    Duty,
    LabourCostAgreement,
    SecurityDeposit,
    Shortfall,
    WageAccount,
    Withdrawal,
)
from settlements.halt.models import PayoutSwitch
from settlements.ledger.models import (
    Account,
    AccountClosing,
    Entry,
    PermittedMovement,
    Transfer,
    Unbalanced,
)
from settlements.milestones.models import (
    Milestone,
    MilestoneCorrection,
    MilestoneInspection,
    MilestonePart,
    MilestonePartShare,
    MilestoneShare,
)
from settlements.payouts.models import (
    BankEntry,
    BankStatement,
    BatchLine,
    Break,
    ConnectedAccount,
    Payout,
    PayoutBatch,
    RailCall,
    RailCursor,
    RailEvent,
)
from settlements.statements.models import (
    GateCheck,
    RegionalValue,
    Statement,
    StatementLine,
    WageInputs,
)

__all__ = [
    "Account",
    "AccountClosing",
    "Adjustment",
    "BankEntry",
    "BankStatement",
    "BatchLine",
    "Break",
    "ConnectedAccount",
    "Deposit",
    "Dispute",
    "DisputedLine",
    "Duty",
    "Entry",
    "Erasure",
    "GateCheck",
    "LabourCostAgreement",
    "Milestone",
    "MilestoneCorrection",
    "MilestoneInspection",
    "MilestonePart",
    "MilestonePartShare",
    "MilestoneShare",
    "Payout",
    "PayoutBatch",
    "PayoutSwitch",
    "PermittedMovement",
    "RailCall",
    "RailCursor",
    "RailEvent",
    "RegionalValue",
    "Retention",
    "SecurityDeposit",
    "Shortfall",
    "Statement",
    "StatementLine",
    "Transfer",
    "Unbalanced",
    "WageAccount",
    "WageInputs",
    "Withdrawal",
]
