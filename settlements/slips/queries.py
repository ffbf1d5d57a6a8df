"""What the papers show, read in a fixed number of queries: frozen, in the reader's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Q

from jianzhu.access import queries as access
from jianzhu.kernel.errors import NotFound
from projects.attendance import queries as attendance
from projects.attendance.queries import Day
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.payouts.queries import Sent
from settlements.slips import rules, words
from settlements.slips.rules import Sums
from settlements.statements import queries as statements
from settlements.statements.models import Statement, month_after
from settlements.statements.queries import Line, Slip
from settlements.statements.rules import DAY_CONFIRMED
from settlements.wages.law import law
from workers_app.people import queries as people
from workers_app.people.queries import Person


@dataclass(frozen=True, slots=True)
class Heading:
    """Who pays whom, for what month: what stands over every paper."""

    project: ProjectFacts
    month: date
    contractor: str
    employer: str
    pay_on: date


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One sum of the slip with the lines behind it."""

    lines: tuple[Line, ...]
    what: str
    how: str
    articles: tuple[str, ...]
    amount_minor: int | None

    @property
    def line(self) -> Line:
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class PaySlip:
    """A month of one worker as they take it along (工资清单, Decree 724 art. 15)."""

    heading: Heading
    id: int
    worker: Person
    currency: str
    days: int
    workday_thousandths: int
    minutes: int
    rows: tuple[SlipRow, ...]
    sums: Sums
    findings: tuple[str, ...]
    roundings: tuple[str, ...]
    payouts: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class WageRow:
    """One worker of the wage table."""

    number: int
    worker: Person
    crew: str
    days: int
    workday_thousandths: int
    minutes: int
    overtime_minutes: int
    rates: str
    sums: Sums
    account_tails: str
    references: str
    paid_on: str


@dataclass(frozen=True, slots=True)
class WageTable:
    """The workers of one employer in one month (工资支付表); `total` sums the rows' columns."""

    heading: Heading
    rows: tuple[WageRow, ...]
    total: Sums


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One worker's month: a mark for each day, 工 and hours over."""

    number: int
    worker: Person
    marks: tuple[str, ...]
    workday_thousandths: int
    overtime_minutes: int


@dataclass(frozen=True, slots=True)
class AttendanceSheet:
    """A crew's month (考勤表)."""

    heading: Heading
    crew: str
    days: tuple[date, ...]
    rows: tuple[AttendanceRow, ...]


def newest_month(project_id: int) -> date:
    """The last month for which wages were computed; NotFound when there is none."""
    found = Statement.objects.filter(project_id=project_id).aggregate(month=Max("month"))
    if found["month"] is None:
        raise NotFound(noun="statement")
    month: date = found["month"]
    return month


def project_of(where: Q) -> ProjectFacts:
    """The statement's project; NotFound when the filter leaves none."""
    row = Statement.objects.filter(where).values_list("project_id", flat=True).first()
    if row is None:
        raise NotFound(noun="statement")
    return sites.project(row)


def pay_slip(where: Q) -> PaySlip:
    """The slip of one statement; NotFound when the filter leaves none."""
    found = statements.slips(where)
    if not found:
        raise NotFound(noun="statement")
    slip = found[0]
    project = sites.project(slip.project_id)
    worker = people.worker(slip.worker_id)
    days = _worked(project.id, [worker.id], slip.month).get(worker.id, [])
    return PaySlip(
        heading=_heading(project, slip, worker.employer_id, {}),
        id=slip.id,
        worker=worker,
        currency=slip.currency,
        days=len(days),
        workday_thousandths=sum(d.workday_thousandths for d in days),
        minutes=sum(d.minutes for d in days),
        rows=tuple(_slip_row(lines) for lines in words.together(slip.lines)),
        sums=rules.sums(slip.lines),
        findings=tuple(words.finding(raw, slip.currency) for raw in slip.findings),
        roundings=words.roundings(slip.lines),
        payouts=_payouts(slip.lines),
    )


def wage_tables(
    project_id: int, month: date, crew_id: int | None = None, *, in_clear: bool = False
) -> list[WageTable]:
    """The wage table of every employer on the project; `crew_id` leaves the other crews out.

    `in_clear`: with whole identities, for `commands.open_ledger` alone.
    """
    project, slips, workers, crews = _month(project_id, month, crew_id)
    if in_clear:
        workers = people.in_clear(workers)
    days = _worked(project_id, workers, month)
    names = access.organisation_names({w.employer_id for w in workers.values()})
    by_employer: dict[int, list[Slip]] = defaultdict(list)
    for slip in slips:
        if slip.lines or days.get(slip.worker_id):
            by_employer[workers[slip.worker_id].employer_id].append(slip)
    return [
        _table(
            _heading(project, group[0], employer_id, names),
            [
                _wage_row(n, s, workers[s.worker_id], crews.get(s.worker_id, ""), days)
                for n, s in enumerate(group, start=1)
            ],
            group,
        )
        for employer_id, group in sorted(by_employer.items(), key=lambda one: names[one[0]])
    ]


def attendance_sheets(
    project_id: int, month: date, crew_id: int | None = None
) -> list[AttendanceSheet]:
    """The attendance sheet of every crew that worked on the project in the month."""
    project, slips, workers, crews = _month(project_id, month, crew_id)
    names = access.organisation_names({w.employer_id for w in workers.values()})
    records = _recorded(project_id, workers, month)
    by_crew: dict[tuple[str, int], list[Slip]] = defaultdict(list)
    for slip in slips:
        worker = workers[slip.worker_id]
        if slip.lines or records[worker.id]:
            by_crew[crews.get(worker.id, ""), worker.employer_id].append(slip)
    days = tuple(_days_of(month))
    return [
        AttendanceSheet(
            heading=_heading(project, group[0], employer_id, names),
            crew=crew,
            days=days,
            rows=tuple(
                _attendance_row(n, project, workers[s.worker_id], s, records[s.worker_id], days)
                for n, s in enumerate(group, start=1)
            ),
        )
        for (crew, employer_id), group in sorted(by_crew.items())
    ]


def _month(
    project_id: int, month: date, crew_id: int | None
) -> tuple[ProjectFacts, list[Slip], dict[int, Person], dict[int, str]]:
    """The project, the month's slips, their workers, and each one's crew by name."""
    last = month_after(month) - timedelta(days=1)
    where = Q(project_id=project_id, month=month)
    if crew_id is not None:
        where &= Q(worker_id__in=people.workers_of_crews([crew_id], month, last))
    slips = statements.slips(where)
    workers = {p.id: p for p in people.workers(Q(pk__in=[s.worker_id for s in slips]))}
    order = {worker_id: place for place, worker_id in enumerate(workers)}
    slips.sort(key=lambda slip: order[slip.worker_id])
    spans = people.crews_on(workers, month, last)
    named = people.crew_names({c for s in spans.values() for c in s.crew_ids if c is not None})
    crews = {
        worker_id: "、".join(dict.fromkeys(named[c] for c in s.crew_ids if c is not None))
        for worker_id, s in spans.items()
    }
    return sites.project(project_id), slips, workers, crews


def _heading(
    project: ProjectFacts, slip: Slip, employer_id: int, names: Mapping[int, str]
) -> Heading:
    names = names or access.organisation_names([employer_id])
    return Heading(
        project=project,
        month=slip.month,
        contractor="、".join(sites.party_names(project.id, "general_contractor")),
        employer=names.get(employer_id, ""),
        pay_on=slip.pay_on,
    )


def _recorded(project_id: int, workers: Iterable[int], month: date) -> dict[int, list[Day]]:
    found: dict[int, list[Day]] = defaultdict(list)
    last = month_after(month) - timedelta(days=1)
    for day in attendance.days_of(project_id, workers, month, last):
        found[day.worker_id].append(day)
    return found


def _worked(project_id: int, workers: Iterable[int], month: date) -> dict[int, list[Day]]:
    """Answered days with time on them: what the wage rests on."""
    return {
        worker_id: [d for d in days if d.state in DAY_CONFIRMED and d.minutes]
        for worker_id, days in _recorded(project_id, workers, month).items()
    }


def _slip_row(lines: Sequence[Line]) -> SlipRow:
    known = [line.amount_minor for line in lines if line.amount_minor is not None]
    return SlipRow(
        lines=tuple(lines),
        what=words.what(lines),
        how=words.how(lines),
        articles=tuple(words.articles(lines)),
        amount_minor=sum(known) if known else None,
    )


def _payouts(lines: Iterable[Line]) -> tuple[Sent, ...]:
    by_id = {line.payout.id: line.payout for line in lines if line.payout is not None}
    return tuple(by_id[i] for i in sorted(by_id))


def _wage_row(
    number: int, slip: Slip, worker: Person, crew: str, days: Mapping[int, Sequence[Day]]
) -> WageRow:
    own = days.get(worker.id, ())
    paid = [p for p in _payouts(slip.lines) if p.state == "paid"]
    settled = [p.settled_at.date().isoformat() for p in paid if p.settled_at is not None]
    return WageRow(
        number=number,
        worker=worker,
        crew=crew,
        days=len(own),
        workday_thousandths=sum(d.workday_thousandths for d in own),
        minutes=sum(d.minutes for d in own),
        overtime_minutes=rules.overtime_minutes(slip.lines),
        rates=words.rates(slip.lines),
        sums=rules.sums(slip.lines),
        account_tails=" ".join(sorted({p.account_tail for p in paid})),
        references=" ".join(p.reference for p in paid),
        paid_on=max(settled, default=""),
    )


def _table(heading: Heading, rows: Sequence[WageRow], slips: Sequence[Slip]) -> WageTable:
    total = rules.sums(line for slip in slips for line in slip.lines)
    return WageTable(heading, tuple(rows), total)


def _attendance_row(
    number: int,
    project: ProjectFacts,
    worker: Person,
    slip: Slip,
    records: Sequence[Day],
    days: Sequence[date],
) -> AttendanceRow:
    by_day = {d.on: d for d in records}
    over: dict[date, int] = defaultdict(int)
    for line in slip.lines:
        if line.kind == "time" and line.on == line.until:
            over[line.on] += rules.overtime_minutes([line])
    marks, counted = [], []
    for day in days:
        off, record = _day_off(project, day), by_day.get(day)
        if record is None or (record.state in DAY_CONFIRMED and not record.minutes):
            marks.append(off)
        elif record.state not in DAY_CONFIRMED:
            marks.append("?")
        else:
            there = rules.attended(record.workday_thousandths, record.minutes, over[day], off)
            counted.append(there)
            marks.append(there.mark)
    return AttendanceRow(
        number=number,
        worker=worker,
        marks=tuple(marks),
        workday_thousandths=sum(one.workday_thousandths for one in counted),
        overtime_minutes=sum(one.over_minutes for one in counted),
    )


def _day_off(project: ProjectFacts, on: date) -> str:
    calendar = law(project.rule_set, project.region).rule_set.calendar
    return rules.day_off(on, calendar, project.region)


def _days_of(month: date) -> list[date]:
    count = (month_after(month) - month).days
    return [month + timedelta(days=n) for n in range(count)]
