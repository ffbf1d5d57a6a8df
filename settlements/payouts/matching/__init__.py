"""What bank and books say of the same payments, compared as values: no rows, no clock, no network."""

from settlements.payouts.matching.matcher import Finding, compare
from settlements.payouts.matching.records import BankLine, Detail, Expected
from settlements.payouts.matching.reports import Report, StatusReport, judge
from settlements.payouts.matching.statements import Check, Written, check_chain

__all__ = [
    "BankLine",
    "Check",
    "Detail",
    "Expected",
    "Finding",
    "Report",
    "StatusReport",
    "Written",
    "check_chain",
    "compare",
    "judge",
]
