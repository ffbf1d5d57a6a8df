"""What is owed and why, as pages, disputes and the API ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, Sum

from projects.attendance import queries as attendance
from settlements.payouts.queries import Sent, payouts
from settlements.statements.models import (
    GateCheck,
    RegionalValue,
    Statement,
    StatementLine,
    month_after,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown; amounts in minor units, `amount_minor` None while unknown."""

    id: int
    statement_id: int
    worker_id: int
    project_id: int
    month: date
    key: str
    on: date
    kind: str
    label: str
    until: date
    quantity: int | None
    unit: str
    rate_num: int | None
    rate_den: int | None
    rate_minor: int | None
    rate_per: str
    percent: int
    amount_minor: int | None
    currency: str
    rule: str
    article: str
    rounding: str
    sources: dict[str, Any]
    state: str
    reason: str
    owed_by: str
    due_on: date | None
    payout: Sent | None
    version: int

    @property
    def stage(self) -> str:
        """Worked → accepted → released → paid: how far the money is."""
        if self.payout is not None:
            return "paid" if self.payout.state == "paid" else "released"
        return "accepted" if self.state == "matched" else "worked"


@dataclass(frozen=True, slots=True)
class Slip:
    """A statement with its lines and the sums of what they show."""

    id: int
    worker_id: int
    project_id: int
    month: date
    currency: str
    pay_on: date
    findings: list[Any]
    lines: tuple[Line, ...]

    def total(self, *stages: str) -> int:
        """The sum of the lines shown, of all stages or of these."""
        return sum(n.amount_minor or 0 for n in self.lines if not stages or n.stage in stages)

    @property
    def shown_total(self) -> int:
        return self.total()

    @property
    def shown_paid(self) -> int:
        return self.total("paid")

    @property
    def shown_released(self) -> int:
        return self.total("released")

    @property
    def shown_waiting(self) -> int:
        return self.total("worked", "accepted")


def lines(where: Q, limit: int | None = None) -> list[Line]:
    """Lines by a filter on StatementLine, by date."""
    rows = (
        StatementLine.objects.filter(where)
        .exclude(state="void")
        .select_related("statement")
        .order_by("on", "key", "pk")
    )
    return _lines(list(rows[:limit] if limit else rows))


def slips(where: Q) -> list[Slip]:
    """Statements by a filter on Statement, newest month first, with all their lines."""
    rows = list(Statement.objects.filter(where).order_by("-month", "worker_id"))
    by_statement: dict[int, list[Line]] = {s.pk: [] for s in rows}
    for line in lines(Q(statement__in=rows)):
        by_statement[line.statement_id].append(line)
    return [
        Slip(
            s.pk,
            s.worker_id,
            s.project_id,
            s.month,
            s.currency,
            s.pay_on,
            s.findings,
            tuple(by_statement[s.pk]),
        )
        for s in rows
    ]


def differing(line_ids: Iterable[int], since: datetime) -> set[int]:
    """Which of these released lines got a difference line since."""
    rows = StatementLine.objects.filter(
        kind="difference", sources__line__in=list(line_ids), updated_at__gte=since
    )
    return {int(i) for i in rows.values_list("sources__line", flat=True)}


def _lines(rows: list[StatementLine]) -> list[Line]:
    sent = {
        p.id: p for p in payouts(Q(pk__in={r.payout_id for r in rows if r.payout_id is not None}))
    }
    return [
        Line(
            id=r.pk,
            statement_id=r.statement_id,
            worker_id=r.statement.worker_id,
            project_id=r.statement.project_id,
            month=r.statement.month,
            key=r.key,
            on=r.on,
            kind=r.kind,
            label=r.label,
            until=r.until,
            quantity=r.quantity,
            unit=r.unit,
            rate_num=r.rate_num,
            rate_den=r.rate_den,
            rate_minor=r.rate_minor,
            rate_per=r.rate_per,
            percent=r.percent,
            amount_minor=r.amount_minor,
            currency=r.statement.currency,
            rule=r.rule,
            article=r.article,
            rounding=r.rounding,
            sources=r.sources,
            state=r.state,
            reason=r.reason,
            owed_by=r.owed_by,
            due_on=r.due_on,
            payout=sent.get(r.payout_id) if r.payout_id else None,
            version=r.version,
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """Matched lines of one statement that wait for somebody's look."""

    statement_id: int
    worker_id: int
    month: date
    lines: int
    amount_minor: int
    currency: str
    due_at: datetime


def months_of(project_id: int, worker_id: int) -> list[date]:
    """The months for which the worker has a statement on the project."""
    rows = Statement.objects.filter(project_id=project_id, worker_id=worker_id)
    return list(rows.order_by("month").values_list("month", flat=True))


def months(project_id: int) -> list[date]:
    """The months for which anybody has a statement on the project."""
    rows = Statement.objects.filter(project_id=project_id)
    return list(rows.order_by("month").values_list("month", flat=True).distinct())


def with_statement(project_id: int, month: date, worker_ids: Iterable[int]) -> set[int]:
    """Those of the workers who have a statement of the month."""
    rows = Statement.objects.filter(
        project_id=project_id, month=month, worker_id__in=list(worker_ids)
    )
    return set(rows.values_list("worker_id", flat=True))


def waiting_for_money(project_id: int) -> set[int]:
    """Workers with matched lines that the wage account could not cover."""
    rows = StatementLine.objects.filter(statement__project_id=project_id, state="matched")
    return set(rows.values_list("statement__worker_id", flat=True))


def waiting_for_the_bank() -> dict[int, set[int]]:
    """{project: workers} whose matched lines waited for what the bank paid before a restore."""
    rows = StatementLine.objects.filter(
        state="matched", reason__in=["bank_not_read", "paid_before_restore"]
    )
    found: dict[int, set[int]] = {}
    for project_id, worker_id in rows.values_list("statement__project_id", "statement__worker_id"):
        found.setdefault(project_id, set()).add(worker_id)
    return found


def owners(statement_ids: Iterable[int]) -> dict[int, set[int]]:
    """{project: workers} of these statements."""
    found: dict[int, set[int]] = {}
    rows = Statement.objects.filter(pk__in=list(statement_ids))
    for project_id, worker_id in rows.values_list("project_id", "worker_id"):
        found.setdefault(project_id, set()).add(worker_id)
    return found


def whose_months(statement_ids: Iterable[int]) -> list[tuple[int, date, int]]:
    """(project, month, worker) of these statements."""
    rows = Statement.objects.filter(pk__in=list(statement_ids)).order_by("pk")
    return list(rows.values_list("project_id", "month", "worker_id"))


def settled(statement_ids: Iterable[int]) -> dict[tuple[int, date], dict[int, int]]:
    """Those of the statements that owe nothing any more: {(project, month): {worker: statement}}.

    Every line is released or void, and no day of the month still waits to be read or answered.
    """
    rows = Statement.objects.filter(pk__in=list(statement_ids)).exclude(
        pk__in=StatementLine.objects.filter(
            statement__in=list(statement_ids), state__in=("held", "matched", "disputed")
        ).values("statement")
    )
    found: dict[tuple[int, date], dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[row.project_id, row.month][row.worker_id] = row.pk
    for (project_id, month), workers in found.items():
        last = month_after(month) - timedelta(days=1)
        for day in attendance.days_of(project_id, workers, month, last):
            if day.state in ("open", "paired", "exception"):
                workers.pop(day.worker_id, None)
    return {key: workers for key, workers in found.items() if workers}


def of_payouts(payout_ids: Iterable[int]) -> set[int]:
    """The statements of which these payouts carry lines."""
    rows = StatementLine.objects.filter(payout_id__in=list(payout_ids))
    return set(rows.values_list("statement_id", flat=True))


def asked(where: Q, gate: str) -> list[Asked]:
    """What somebody is asked to look at, by statement: lines, sum, and the nearest clock."""
    rows = (
        GateCheck.objects.filter(where, state="asked", gate=gate)
        .values("statement_id", "statement__worker_id", "statement__month", "statement__currency")
        .annotate(lines=Count("pk"), total=Sum("amount_minor"), due_at=Min("due_at"))
        .order_by("due_at", "statement_id")
    )
    return [
        Asked(
            r["statement_id"],
            r["statement__worker_id"],
            r["statement__month"],
            r["lines"],
            r["total"],
            r["statement__currency"],
            r["due_at"],
        )
        for r in rows
    ]


def corrected(statement_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """What differences were already made of released lines: {statement: {line key: sum}}."""
    rows = (
        StatementLine.objects.filter(kind="difference", sources__statement__in=list(statement_ids))
        .exclude(state="void")
        .values_list("sources__statement", "sources__line_key")
        .annotate(total=Sum("amount_minor"))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for statement_id, key, total in rows:
        found[int(statement_id)][key] = total
    return found


def regional_value(name: str, region: str, on: date) -> int | None:
    """A dated value of the region's law in force that day; None where nobody recorded one."""
    rows = RegionalValue.objects.filter(name=name, region=region, valid_from__lte=on)
    return rows.order_by("-valid_from").values_list("value", flat=True).first()


def all_paid(line_ids: Iterable[int]) -> bool:
    """Whether the bank said yes to all of these lines."""
    wanted = set(line_ids)
    rows = StatementLine.objects.filter(pk__in=wanted, payout__state="paid")
    return rows.count() == len(wanted)
