"""The nouns of a case: the case and its parties, its elements, its clocks, what was offered, decided."""

from settlements.disputes.models.case import (
    SIDES,
    TRACKS,
    CaseParty,
    Dispute,
    DisputedLine,
    dispute_machine,
)
from settlements.disputes.models.clock import CaseClock, Suspension, clock_machine
from settlements.disputes.models.decision import Decision, DecisionItem, decision_machine
from settlements.disputes.models.element import CaseElement
from settlements.disputes.models.proposal import Proposal, proposal_machine

__all__ = [
    "SIDES",
    "TRACKS",
    "CaseClock",
    "CaseElement",
    "CaseParty",
    "Decision",
    "DecisionItem",
    "Dispute",
    "DisputedLine",
    "Proposal",
    "Suspension",
    "clock_machine",
    "decision_machine",
    "dispute_machine",
    "proposal_machine",
]
