"""Shares of milestones beside the time and the pieces: lines of their own, and back to the milestone.

The milestone has compared attendance and acceptance when it cut the part; what is left to wait for is
the worker's signature (or silence), and the clock of what was kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from settlements.milestones import queries as milestones
from settlements.milestones.queries import ShareDue
from settlements.statements.due import Due
from settlements.statements.facts import MonthFacts
from settlements.statements.models import StatementLine, month_after, month_of
from settlements.statements.rules import Hold

MARK = "/milestone/"  # in the key of each such line


def dues(facts: MonthFacts, worker_id: int) -> list[Due]:
    """The worker's lines of the milestones whose work ended in the month."""
    own, end = facts.milestones.get(worker_id, ()), month_after(facts.month)
    return [_due(one) for one in own if one.work_to < end]


def _due(one: ShareDue) -> Due:
    sources: dict[str, object] = {"milestones": [[one.milestone_id, one.revision]]}
    if one.part_id is not None:
        sources["parts"] = [one.part_id]
    if one.days:
        sources["days"] = one.days
    return Due(
        key=one.key,
        on=one.work_from,
        until=one.work_to,
        kind="milestone",
        amount_minor=one.amount_minor,
        hold=Hold(one.reason, one.owed_by, one.due_on) if one.reason else None,
        label=one.why or one.name,
        quantity=one.weight,
        unit="thousandth" if one.rule == "workdays" and one.weight is not None else "",
        rule=f"milestone/{one.rule}/{one.kind}",
        rounding="remainder" if one.amount_minor is not None else "",
        sources=sources,
    )


def pays(facts: MonthFacts, worker_id: int, on: date) -> bool:
    """Whether a milestone of the worker covers the day, so that it needs no rate of its own."""
    return any(m.work_from <= on <= m.work_to for m in facts.milestones.get(worker_id, ()))


def parts_of(statement_ids: Iterable[int]) -> list[int]:
    """Parts of milestones that lines of these statements carry."""
    rows = StatementLine.objects.filter(
        statement_id__in=list(statement_ids), kind="milestone", sources__has_key="parts"
    )
    return sorted({int(said["parts"][0]) for said in rows.values_list("sources", flat=True)})


def parts_paid(payout_ids: Iterable[int]) -> list[int]:
    """Parts of milestones that these payouts carried."""
    rows = StatementLine.objects.filter(payout_id__in=list(payout_ids), kind="milestone")
    return sorted({int(said["parts"][0]) for said in rows.values_list("sources", flat=True)})


def stages(part_ids: Iterable[int]) -> dict[int, str]:
    """How far the money of each part is: as far as that of the last of its shares."""
    found: dict[int, list[str]] = defaultdict(list)
    for part_id, (project_id, work_to, key, workers) in milestones.months_of_parts(
        part_ids
    ).items():
        rows = StatementLine.objects.filter(
            statement__project_id=project_id,
            statement__month=month_of(work_to),
            statement__worker_id__in=workers,
            key=key,
        ).select_related("payout")
        found[part_id] = [_stage(line) for line in rows]
        found[part_id] += ["due"] * (len(workers) - len(found[part_id]))
    order = ("due", "matched", "released", "paid")
    return {part_id: min(said, key=order.index) for part_id, said in found.items() if said}


def _stage(line: StatementLine) -> str:
    if line.state == "released" and line.payout is not None:
        return "paid" if line.payout.state == "paid" else "released"
    if line.state == "void" and line.reason == "decided":
        return "paid"  # a decision took its place and pays by a line of its own
    return "matched" if line.state == "matched" else "due"
