"""What people and clocks do to a case."""

from settlements.disputes.commands.appealing import appeal, court_said, follow_payments
from settlements.disputes.commands.conducting import conduct
from settlements.disputes.commands.deciding import assign, decide
from settlements.disputes.commands.drafting import draft, issue_drafts
from settlements.disputes.commands.filing import file, file_for_crew, withdraw
from settlements.disputes.commands.reviewing import review
from settlements.disputes.commands.silence import lapse
from settlements.disputes.commands.speaking import answer, answer_offer, escalate, say

__all__ = [
    "answer",
    "answer_offer",
    "appeal",
    "assign",
    "conduct",
    "court_said",
    "decide",
    "draft",
    "escalate",
    "file",
    "file_for_crew",
    "follow_payments",
    "issue_drafts",
    "lapse",
    "review",
    "say",
    "withdraw",
]
