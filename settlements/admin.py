"""Money, for operators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin

from jianzhu.access.actor import Actor
from jianzhu.web.admin import Asking, moves, show
from projects.sites import queries as sites
from settlements.funding import commands as funding
from settlements.funding.serializers import WageAccountAsked
from settlements.models import (
    Account,
    Adjustment,
    BankEntry,
    BankStatement,
    BatchLine,
    Break,
    CaseClock,
    CaseElement,
    CaseParty,
    ConnectedAccount,
    Decision,
    DecisionItem,
    Deposit,
    Dispute,
    DisputedLine,
    Duty,
    Entry,
    GateCheck,
    LabourCostAgreement,
    Milestone,
    MilestoneCorrection,
    MilestonePart,
    MilestoneShare,
    Payout,
    PayoutBatch,
    PayoutResolution,
    PayoutSwitch,
    Proposal,
    RailCall,
    RailEvent,
    RegionalValue,
    SecurityDeposit,
    Shortfall,
    Statement,
    StatementLine,
    Suspension,
    Transfer,
    WageAccount,
    Withdrawal,
)

show(
    Deposit,
    Duty,
    LabourCostAgreement,
    Milestone,
    MilestoneCorrection,
    MilestonePart,
    MilestoneShare,
    SecurityDeposit,
    Shortfall,
    Withdrawal,
    Account,
    Adjustment,
    Transfer,
    Entry,
    GateCheck,
    Statement,
    StatementLine,
    RegionalValue,
    Payout,
    PayoutSwitch,
    BankEntry,
    BankStatement,
    Break,
    PayoutBatch,
    PayoutResolution,
    BatchLine,
    RailCall,
    RailEvent,
    ConnectedAccount,
    Dispute,
    DisputedLine,
    CaseParty,
    CaseElement,
    CaseClock,
    Suspension,
    Proposal,
    Decision,
    DecisionItem,
)

BY = "by an operator in the admin"


@admin.register(WageAccount)
class WageAccountAdmin(Asking):
    right, asked = ("wage_account", "open"), WageAccountAsked
    actions = moves(
        freeze=lambda pk, actor, at: funding.freeze(
            wage_account_id=pk, reason=BY, actor=actor, at=at
        ),
        close=lambda pk, actor, at: funding.close(wage_account_id=pk, actor=actor, at=at),
        unfreeze=lambda pk, actor, at: funding.unfreeze(
            wage_account_id=pk, reason=BY, actor=actor, at=at
        ),
    )

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        currency = sites.project(said["project_id"]).currency
        return funding.open_wage_account(**said, currency=currency, actor=actor, at=at)
