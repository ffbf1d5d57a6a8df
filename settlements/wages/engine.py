"""(terms, days, accepted shares, adjustments, rule set, policy) to a statement. Pure.

No clock, no database, no float: the same case gives the same bytes on any machine.
"""

from __future__ import annotations

from settlements.wages import adjustments, checks, hours, pieces, regular_rate, rounding
from settlements.wages.canonical import digest
from settlements.wages.draft import Draft
from settlements.wages.facts import Case
from settlements.wages.inputs import check
from settlements.wages.law import law
from settlements.wages.statement import Statement


def compute(case: Case) -> Statement:
    """The statement of one worker's case; a WageRefusal when the inputs contradict themselves."""
    check(case)
    draft = Draft(case, law(case.rule_set, case.region, case.values))
    hours.lines(draft)
    pieces.lines(draft)
    if draft.law.rule_set.method == "regular_rate":
        regular_rate.lines(draft)
    adjustments.payments(draft)
    if case.policy.round_at == "total":
        rounding.spread(draft)
    checks.findings(draft)
    adjustments.deductions(draft)
    return Statement(
        digest=digest(case),
        currency=case.currency,
        first=case.first,
        last=case.last,
        rounding=draft.stamp,
        lines=tuple(sorted(draft.lines, key=lambda line: line.key)),
        held=tuple(sorted(draft.held, key=lambda held: held.key)),
        findings=tuple(draft.findings),
    )
