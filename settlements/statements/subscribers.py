"""What statements do by themselves: any news about a month re-evaluates exactly those it touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from jianzhu.kernel.db import chunks
from jianzhu.outbox.registry import News, listens_to
from projects.acceptance import queries as acceptance
from projects.sites import queries as sites
from settlements.milestones import commands as milestone_commands
from settlements.milestones import queries as milestone_queries
from settlements.statements import averaged, commands, facts, milestones, queries
from settlements.statements.models import month_after, month_before, month_of
from workers_app.people import queries as people

Touched = dict[tuple[int, date], set[int]]  # (project, month) -> workers


@listens_to("day_record.pair")
def days_changed(news: list[News], at: datetime) -> None:
    """Attendance was read, corrected or confirmed."""
    touched: Touched = defaultdict(set)
    for one in news:
        month = date.fromisoformat(one.payload["month"])
        touched[int(one.payload["project_id"]), month].update(map(int, one.payload["worker_ids"]))
    _evaluate(_with_averaged(_with_shared_weeks(_with_sharers(touched))), at)


@listens_to(
    "task_sheet.submit",
    "task_sheet.inspect",
    "task_sheet.accept",
    "task_sheet.accept_partly",
    "task_sheet.reject",
    "task_sheet.deem",
    "task_sheet.accept_time",
)
def acceptance_came(news: list[News], at: datetime) -> None:
    """The accepting side spoke, or its clock did."""
    touched: Touched = defaultdict(set)
    for sheet_id in sorted({int(one.payload["sheet_id"]) for one in news}):
        sheet = acceptance.sheet(sheet_id)
        workers = people.workers_of_crews([sheet.crew_id], sheet.work_from, sheet.work_to)
        for month in _months(sheet.work_from, sheet.work_to):
            touched[sheet.project_id, month] |= workers
    _evaluate(touched, at)


@listens_to("agreed_rate.agree", "dispute.withdraw")
def terms_changed(news: list[News], at: datetime) -> None:
    """A rate version counts now, or a case was taken back: every open month of the worker."""
    touched: Touched = defaultdict(set)
    for one in news:
        project_id, worker_id = int(one.payload["project_id"]), int(one.payload["worker_id"])
        for month in queries.months_of(project_id, worker_id):
            touched[project_id, month].add(worker_id)
    _evaluate(touched, at)


@listens_to("adjustment.agree", "adjustment.revoke")
def adjustment_changed(news: list[News], at: datetime) -> None:
    """An amount beside the wage counts from now on, or no more: in the month that it belongs to."""
    touched: Touched = defaultdict(set)
    for one in news:
        month = date.fromisoformat(one.payload["month"])
        touched[int(one.payload["project_id"]), month].add(int(one.payload["worker_id"]))
    _evaluate(_with_shared_weeks(touched), at)


@listens_to(
    "milestone.submit",
    "milestone.accept",
    "milestone.accept_partly",
    "milestone.reject",
    "milestone.deem",
    "milestone.share_out",
    "milestone.cut",
    "milestone.sign",
    "milestone.object",
    "milestone.lapse",
    "milestone.let_go",
)
def milestone_moved(news: list[News], at: datetime) -> None:
    """A milestone was accepted, shared out, signed or let go."""
    touched: Touched = defaultdict(set)
    for one in milestone_queries.touched({int(n.payload["milestone_id"]) for n in news}):
        # Its lines stand in the month in which it ends; months before it only weigh them as pay.
        ends, standing = month_of(one.work_to), queries.with_statement
        touched[one.project_id, ends] |= one.worker_ids
        for month in _months(one.work_from, one.work_to):
            if month != ends and (there := standing(one.project_id, month, one.worker_ids)):
                touched[one.project_id, month] |= there
    _evaluate(touched, at)


@listens_to("statement.milestones")
def lines_of_milestones_moved(news: list[News], at: datetime) -> None:
    """Parts of milestones follow the lines that carry them."""
    ids = sorted({int(i) for one in news for i in one.payload["statement_ids"]})
    _follow(milestones.parts_of(ids), at)


@listens_to("payout.confirm", "payout.bounce")
def payouts_of_milestones_moved(news: list[News], at: datetime) -> None:
    """The bank said yes, or the money came back."""
    ids = sorted({int(i) for one in news for i in one.payload["payout_ids"]})
    _follow(milestones.parts_paid(ids), at)


def _follow(part_ids: list[int], at: datetime) -> None:
    if part_ids:
        milestone_commands.follow_money(stages=milestones.stages(part_ids), at=at)


@listens_to("gate_check.silence_due")
def gate_clock_ran_out(news: list[News], at: datetime) -> None:
    """Whoever was asked said nothing: that is recorded, and the lines go on."""
    ids = sorted({int(i) for one in news for i in one.payload["check_ids"]})
    for chunk in chunks(ids):
        commands.lapse(check_ids=chunk, at=at)


@listens_to("gate_check.answer", "statement.period_over")
def look_again(news: list[News], at: datetime) -> None:
    """A gate was answered, or the days of a line are over: the lines are compared again."""
    touched: Touched = defaultdict(set)
    ids = sorted({int(i) for one in news for i in one.payload["statement_ids"]})
    for project_id, month, worker_id in queries.whose_months(ids):
        touched[project_id, month].add(worker_id)
    _evaluate(touched, at)


@listens_to("deposit.record")
def money_came(news: list[News], at: datetime) -> None:
    """What matched but was not covered goes out now."""
    for project_id in sorted({int(one.payload["project_id"]) for one in news}):
        _release(project_id, queries.waiting_for_money(project_id), at)


@listens_to("payout_switch.start")
def bank_was_read(news: list[News], at: datetime) -> None:
    """What matched while nobody knew what the bank has paid goes out now."""
    for project_id, workers in queries.waiting_for_the_bank().items():
        _release(project_id, workers, at)


@listens_to("statement.differ")
def difference_made(news: list[News], at: datetime) -> None:
    """A signed difference is owed like any other line."""
    ids = sorted({int(i) for one in news for i in one.payload["statement_ids"]})
    for project_id, workers in queries.owners(ids).items():
        _release(project_id, workers, at)


@listens_to("statement.evaluate", "statement.month_over", "payout.make")
def lock_what_is_settled(news: list[News], at: datetime) -> None:
    """Nothing is owed for the month any more: its days are locked."""
    ids = {int(i) for one in news for i in one.payload.get("statement_ids", ())}
    ids |= queries.of_payouts(int(i) for one in news for i in one.payload.get("payout_ids", ()))
    for chunk in chunks(sorted(ids), commands.WORKERS_MAX):
        commands.lock_settled(statement_ids=chunk, at=at)


def _with_sharers(touched: Touched) -> Touched:
    """A day of one moves the shares of all: piece crews are evaluated together."""
    wider: Touched = defaultdict(set)
    for (project_id, month), workers in touched.items():
        last = month_after(month)
        crews = acceptance.piece_crews(project_id, month, last)
        mates = people.workers_of_crews(crews & people.crew_ids(workers, month, last), month, last)
        wider[project_id, month] = workers | mates
    return wider


def _with_shared_weeks(touched: Touched) -> Touched:
    """Where premiums go by the workweek, a day also moves the statement its week reaches into."""
    wider: Touched = defaultdict(set)
    for (project_id, month), workers in touched.items():
        wider[project_id, month] |= workers
        if facts.by_weeks(sites.project(project_id)):
            for other in (month_before(month), month_after(month)):
                standing = queries.with_statement(project_id, other, workers)
                if standing:
                    wider[project_id, other] |= standing
    return wider


def _with_averaged(touched: Touched) -> Touched:
    """Where hours are averaged over a quarter or year, a day also moves the months that follow in it."""
    wider: Touched = defaultdict(set)
    for (project_id, month), workers in touched.items():
        wider[project_id, month] |= workers
        for later in averaged.months_after(sites.project(project_id), month):
            standing = queries.with_statement(project_id, later, workers)
            if standing:
                wider[project_id, later] |= standing
    return wider


def _evaluate(touched: Touched, at: datetime) -> None:
    for (project_id, month), workers in sorted(touched.items()):
        for chunk in chunks(sorted(workers), commands.WORKERS_MAX):
            commands.evaluate(project_id=project_id, month=month, worker_ids=chunk, at=at)


def _release(project_id: int, workers: Iterable[int], at: datetime) -> None:
    for chunk in chunks(sorted(workers), commands.WORKERS_MAX):
        commands.release(project_id=project_id, worker_ids=chunk, at=at)


def _months(first: date, last: date) -> list[date]:
    months, month = [], month_of(first)
    while month <= last:
        months.append(month)
        month = month_after(month)
    return months
