"""Everybody who acts on a site, each act one method, and the points at which a process may die.

Nothing here knows what should come out: `invariants` asks the product's books and the bank's journal,
`Expected` in `test_product_as_a_machine` says it a second time from what was done.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from jianzhu.access.actor import SYSTEM, Actor, Grant
from jianzhu.kernel import clock, db
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import Refusal
from jianzhu.kernel.money import Money
from jianzhu.outbox import clocks, relay
from jianzhu.outbox.models import OutboxMessage
from projects.acceptance import commands as acceptance
from projects.attendance import commands as attendance
from settlements.books import checker, queries
from settlements.disputes import commands as disputes
from settlements.disputes.models import Dispute
from settlements.funding import commands as funding
from settlements.funding.models import WageAccount
from settlements.halt import commands as halt
from settlements.halt.models import PayoutSwitch
from settlements.payouts import commands as payouts
from settlements.payouts import subscribers
from settlements.payouts.models import Payout
from settlements.payouts.sandbox import books
from settlements.statements.models import StatementLine
from tests.faults.simulation.bank import BadBank
from tests.faults.simulation.timeline import Timeline
from tests.site import DAY, Site, at
from workers_app.people import steps as people
from workers_app.people.models import PayeeAccount, Worker

DAYS = 5
FUNDS = 100_000_000
# Of four days each: longer than any hold, also of a machine whose clock was forty days ahead.
ROUNDS = 15
SECOND = Actor(kind="user", user_id=999_999, grants=(Grant("operator", 1, None),))
# Every day of the site is over.
START = at(DAY + timedelta(days=DAYS), 20)


class Killed(BaseException):
    """The process is gone: nothing of it runs on, and only what was committed stays."""


class World:
    """One site, its bank and its broker. `chances` decide everything that nobody decides."""

    def __init__(self, patch: pytest.MonkeyPatch, workers: int = 3, warm: bool = False) -> None:
        self.time = Timeline(START)
        self._before: tuple[set[tuple[int, date]], dict[date, int]] | None = None
        patch.setattr(clock, "now", lambda: self.time.machine())
        self.site = Site.build(workers=workers, funds=FUNDS).minimum_wage()
        self.account = WageAccount.objects.get()
        self.may_die = 0.0
        patch.setattr(subscribers, "rail_named", lambda _: self.bank)
        patch.setattr(books, "_now", lambda: self.time.database.isoformat())
        patch.setattr(books, "behaviour_of", lambda account: self.bank.mood_of(account))
        self._plant(patch)
        self.begin(0)
        if warm:
            self._warm()
        self._before = (set(self.worked), dict(self.sheets))

    def _warm(self) -> None:
        """Half of the work is done and accepted, so that wages can flow from the first step on."""
        for number in range(DAYS // 2 + 1):
            for worker in range(len(self.site.workers)):
                self.work(worker, number)
            self.hand_in(number)
            self.accept(number)

    def begin(self, seed: int) -> None:
        """A fresh start under a seed; the caller has put the tables back."""
        self.chances = random.Random(seed)
        self.bank = BadBank(self.chances)
        self.bank.books.deposit(self.account.bank_account, "D-T-1", FUNDS)
        self.time.skew = timedelta()
        self.time.to(START)
        worked, sheets = self._before or (set(), {})
        self.worked: set[tuple[int, date]] = set(worked)
        self.sheets: dict[date, int] = dict(sheets)
        self.funded: dict[int, int] = {}
        self.hints: list[tuple[str, list[int]]] = []
        self.told: list[str] = []
        self.counted: Counter[str] = Counter()
        checker._watch = checker.Watch()

    # Death

    def _plant(self, patch: pytest.MonkeyPatch) -> None:
        """Before and after each commit, each call of the bank, and each mark on a message."""
        run, execute = db._run_with_retry, relay._execute

        def commit(work: Callable[[], object]) -> object:
            def whole() -> object:
                done = work()
                self.die("before the commit")
                with connection.cursor() as cursor:  # what a commit would check
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                return done

            done = run(whole)
            self.die("after the commit")
            return done

        def mark(sql: str, values: dict[str, object]) -> object:
            self.die("before a mark")
            rows = execute(sql, values)
            self.die("after a mark")
            return rows

        patch.setattr(db, "_run_with_retry", commit)
        patch.setattr(relay, "_execute", mark)

    def die(self, where: str) -> None:
        if self.may_die and self.chances.random() < self.may_die:
            self.counted[f"died {where}"] += 1
            raise Killed(where)

    @contextlib.contextmanager
    def mortal(self, chance: float) -> Iterator[None]:
        """Whoever acts in the block may die at any of the points."""
        self.may_die = chance
        try:
            yield
        except Killed:
            self.told.append("died")
        finally:
            self.may_die = 0.0

    # Work and acceptance

    def day(self, number: int) -> date:
        return DAY + timedelta(days=number)

    def work(self, worker: int, number: int) -> bool:
        """A clean day; True when it is the worker's first that day."""
        pair = (worker, self.day(number))
        if pair in self.worked:
            return False
        self.worked.add(pair)
        self.site.work(self.site.workers[worker], pair[1])
        return True

    def forget_to_leave(self, worker: int, number: int) -> bool:
        """A punch in and none out: an exception that somebody has to answer."""
        pair = (worker, self.day(number))
        if pair in self.worked:
            return False
        self.worked.add(pair)
        self.site.punch(self.site.workers[worker], at(pair[1], 8), "in")
        return True

    def correct(self, worker: int, number: int) -> bool:
        """The worker says when it was, the contractor agrees."""
        on, who = self.day(number), self.site.workers[worker]
        if (worker, on) not in self.worked:
            return False
        asked = attendance.request_correction(
            worker_id=who.pk,
            project_id=self.site.project.pk,
            on=on,
            intervals=[(at(on, 8), at(on, 16))],
            reason="forgot",
            actor=self.site.actor(who),
            at=clock.now(),
        )
        attendance.approve_correction(
            correction_id=asked.pk, answer="yes", actor=self.site.contractor, at=clock.now()
        )
        return True

    def hand_in(self, number: int) -> bool:
        on = self.day(number)
        if on in self.sheets:
            return False
        self.sheets[on] = self.site.sheet(on, on, submitted=clock.now(), number=f"TS-{on}")
        return True

    def accept(self, number: int) -> bool:
        sheet = self.sheets.get(self.day(number))
        if sheet is None:
            return False
        self.site.accept(sheet, clock.now())
        return True

    def reject(self, number: int) -> bool:
        sheet = self.sheets.get(self.day(number))
        if sheet is None:
            return False
        acceptance.reject(
            sheet_id=sheet,
            defect="cracks",
            cure_by=self.day(number + 3),
            actor=self.site.owner,
            at=clock.now(),
        )
        return True

    # Quarrels

    def object_to(self, pick: int) -> bool:
        lines = list(
            StatementLine.objects.filter(state__in=["held", "matched"]).order_by("on", "pk")
        )
        if not lines:
            return False
        line = lines[pick % len(lines)]
        who = next(w for w in self.site.workers if w.pk == line.statement.worker_id)
        disputes.file(
            line_ids=[line.pk], claim="not so", actor=self.site.actor(who), at=clock.now()
        )
        return True

    def take_back(self, pick: int) -> bool:
        cases = list(Dispute.objects.filter(state="evidence").order_by("pk"))
        if not cases:
            return False
        case = cases[pick % len(cases)]
        who = next(w for w in self.site.workers if w.pk == case.worker_id)
        disputes.withdraw(dispute_id=case.pk, actor=self.site.actor(who), at=clock.now())
        return True

    def decide(self, pick: int, amount: int) -> bool:
        cases = list(Dispute.objects.filter(state="evidence").order_by("pk"))
        if not cases:
            return False
        case = cases[pick % len(cases)]
        disputes.assign(
            dispute_id=case.pk,
            user_id=self.site.arbitrator.user_id,
            actor=self.site.operator,
            at=clock.now(),
        )
        lines = case.lines.filter(live=True).values_list("line_id", flat=True)
        disputes.decide(
            dispute_id=case.pk,
            awards=dict.fromkeys(lines, amount),
            reasons="the witness was clear",
            actor=self.site.arbitrator,
            at=clock.now(),
        )
        return True

    # Money and its way

    def change_payee(self, worker: int, number: int) -> bool:
        """Another account, checked by a second person; its first payment waits."""
        who = Worker.objects.get(pk=self.site.workers[worker].pk)
        account = f"99991{worker:05d}{number:010d}"
        _change_payee(worker=who, account=account, checker=self.site.contractor)
        return True

    def fund(self, number: int, amount: int) -> bool:
        """Money comes in at the bank and is recorded; whoever dies between records it later."""
        self.funded[number] = amount
        self.bank.books.deposit(self.account.bank_account, f"D-{number}", amount)
        funding.record_deposit(
            project_id=self.site.project.pk,
            payer_id=self.site.owner.grants[0].organisation_id,
            reference=f"D-{number}",
            amount=Money(amount, "CNY"),
            actor=SYSTEM,
            at=clock.now(),
        )
        return True

    def try_again(self) -> bool:
        """A person tries what a bank refused."""
        waiting = Payout.objects.filter(state__in=["held", "failed", "returned"])
        ids = list(waiting.values_list("pk", flat=True))
        payouts.retry(payout_ids=ids, actor=SYSTEM, at=clock.now())
        return bool(ids)

    def stop(self) -> bool:
        halt.stop(reason="a drill", actor=self.site.operator, at=clock.now())
        return True

    def start_again(self) -> bool:
        """Two people; the first may have asked before somebody died."""
        if not PayoutSwitch.objects.filter(state="asked").exists():
            halt.ask(switch_id=1, actor=self.site.operator, at=clock.now())
        halt.start(switch_id=1, actor=SECOND, at=clock.now())
        return True

    def freeze(self) -> bool:
        funding.freeze(
            wage_account_id=self.account.pk,
            reason="a drill",
            actor=self.site.operator,
            at=clock.now(),
        )
        return True

    def unfreeze(self) -> bool:
        funding.unfreeze(
            wage_account_id=self.account.pk,
            reason="over",
            actor=self.site.operator,
            at=clock.now(),
        )
        return True

    def bank_day(self) -> bool:
        self.bank.books.pass_days(1)
        return True

    # Machines

    def deliver(self, most: int = 200) -> bool:
        """A relay of its own: what is due is done here."""
        return clocks.agree() and bool(relay.run_once(batch=most))

    def work_off(self) -> bool:
        """A relay that nobody disturbs: all that is due now."""
        return clocks.agree() and bool(self._work_off())

    def publish(self, most: int = 200) -> bool:
        """A relay with a broker: hints go into its queue."""
        for claim in relay.claim(batch=most):
            self.hints.append((claim.listener, [one.id for one in claim.news]))
        return bool(self.hints)

    def take_hint(self, *, twice: bool = False) -> bool:
        """A worker takes any hint that the broker has; the broker may bring it again."""
        if not self.hints:
            return False
        place = self.chances.randrange(len(self.hints))
        name, ids = self.hints[place] if twice else self.hints.pop(place)
        if not clocks.agree():
            return False
        relay.deliver(name, relay.undone(ids))
        return True

    def lose_hints(self) -> bool:
        """The broker is wiped."""
        lost, self.hints = bool(self.hints), []
        return lost

    def act(self, name: str, *arguments: object, **more: object) -> str:
        """One act by its method's name: done, nothing to do, or refused; told and counted."""
        try:
            said = "done" if getattr(self, name)(*arguments, **more) else "nothing to do"
        except Refusal as refusal:
            said = f"refused: {refusal.code}"
        self.told.append(f"{name}{arguments or ''}: {said}")
        self.counted[f"{name}: {said}"] += 1
        return said

    # What must hold

    def invariants(self) -> list[str]:
        """What is broken now: the sums, the order of lines and ledger, and the bank's own journal."""
        return [
            *checker.faults(),
            *queries.lines_and_ledger(),
            *queries.lines_sum(),
            *queries.booked_once(),
            *queries.own_account(),
            *(f"paid twice at the bank: {double}" for double in self.bank.books.doubles()),
            *(f"the body of {key} changed" for key in self.bank.changed),
        ]

    def settle(self) -> None:
        """Nobody dies any more, the bank is honest, the two people start payouts, all is paid in and what
        was handed in is accepted: what then is due happens, until every payout has ended."""
        self.time.skew, self.bank.honest = timedelta(), True
        self.time.pass_(timedelta(days=1))
        for name in ("unfreeze", "start_again"):
            self.act(name)
        for number, amount in [*self.funded.items(), (999, FUNDS)]:
            self.fund(number, amount)
        for worker in range(len(self.site.workers)):
            self.change_payee(worker, 999)
        for number in range(DAYS):
            self.act("accept", number)
        for _ in range(ROUNDS):
            self._work_off()
            self.bank_day()
            self.time.pass_(timedelta(days=4))
            self.try_again()
        self._work_off()

    def _work_off(self) -> int:
        done = 0
        while claimed := relay.run_once():
            done += claimed
        return done

    def left_over(self) -> list[str]:
        """What should not be when all is settled."""
        open_ = Payout.objects.exclude(state="paid")
        parked = OutboxMessage.objects.exclude(parked_at=None)
        lost = OutboxMessage.objects.filter(
            done_at=None, parked_at=None, due_at__lte=self.time.database
        )
        return [
            *self.invariants(),
            *(f"truth {t.number}: {fault}" for t in queries.truths() for fault in t.faults),
            *(f"payout {p.pk} is {p.state} ({p.code}): {p.reason}" for p in open_),
            *(f"{m.topic} is parked: {m.last_error}" for m in parked),
            *(f"{m.topic} was begun {m.attempts} times and never heard" for m in lost),
        ]


@command
def _change_payee(*, worker: Worker, account: str, checker: Actor) -> PayeeAccount:
    payee = people.propose_payee(
        worker=worker,
        bank_code="105",
        bank_name="临澜银行",
        account=account,
        actor=SYSTEM,
        at=clock.now(),
    )
    people.verify_payee(payee, actor=checker, at=clock.now())
    return payee


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """The tables afterwards are what they were before."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
