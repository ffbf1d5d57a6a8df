"""R1: many ask for the same row at once, for the same or for rival moves. One wins, the others are told
what state it is in, and nobody ever sees a deadlock.

What PostgreSQL itself refuses of every cell of every machine stands in tests/kernel/test_every_race.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock, db
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import Refusal
from jianzhu.outbox import registry
from projects.acceptance import commands as acceptance
from projects.attendance import commands as attendance
from settlements.disputes import commands as disputes
from settlements.payouts import commands as payouts
from settlements.payouts.models import Payout
from settlements.payouts.rails.protocol import Outcome
from tests.faults.sizes import size
from tests.site import DAY, START, Site, at
from workers_app.people import commands as people
from workers_app.people import steps as people_steps
from workers_app.people.models import PayeeAccount

pytestmark = [pytest.mark.fault("R1"), pytest.mark.slow]
THREADS, OBJECTS = size("R1_THREADS", 4, 16), size("R1_OBJECTS", 1, 200)
LATE = timedelta(days=30)
NUMBERS = itertools.count()


class Days:
    """Days nobody worked yet, from the site's first on."""

    left = itertools.count()

    @classmethod
    def next(cls):
        return START + timedelta(days=next(cls.left))


def correction(site):
    """A correction that waits for an answer."""
    on = Days.next()
    row = attendance.request_correction(
        worker_id=site.li_wei.pk,
        project_id=site.project.pk,
        on=on,
        intervals=[(at(on, 8), at(on, 16))],
        reason="forgot",
        actor=site.actor(site.li_wei),
        at=at(on, 20),
    )
    say = {"correction_id": row.pk, "at": at(DAY, 21)}
    return {
        "approve": partial(
            attendance.approve_correction, answer="yes", actor=site.contractor, **say
        ),
        "refuse": partial(attendance.refuse_correction, answer="no", actor=site.contractor, **say),
        "withdraw": partial(attendance.withdraw_correction, actor=site.actor(site.li_wei), **say),
    }


def task_sheet(site):
    """A sheet whose silence clock has run out, too."""
    sheet = site.sheet(DAY, DAY, number=f"TS-{next(NUMBERS)}")
    say = {"sheet_id": sheet, "actor": site.owner, "at": at(DAY, 19)}
    cure = {"defect": "cracks", "cure_by": DAY + timedelta(days=3)}
    return {
        "accept": partial(acceptance.accept, **say),
        "accept_partly": partial(
            acceptance.accept_partly, accepted_thousandths=5_000, **cure, **say
        ),
        "reject": partial(acceptance.reject, **cure, **say),
        "deem": partial(acceptance.end_silence, sheet_ids=[sheet], at=at(DAY, 19) + LATE),
    }


@command
def _proposed(*, site: Site, number: int) -> PayeeAccount:
    return people_steps.propose_payee(
        worker=site.zhang_qiang,
        bank_code="105",
        bank_name="临澜银行",
        account=f"99992{number:015d}",
        actor=SYSTEM,
        at=clock.now(),
    )


def payee_account(site):
    payee = _proposed(site=site, number=next(NUMBERS))
    say = {"payee_id": payee.pk, "actor": site.contractor, "at": clock.now()}
    return {
        "verify": partial(people.verify_payee, **say),
        "refuse": partial(people.refuse_payee, reason="not theirs", **say),
    }


def dispute(site):
    """A case that is assigned, about a day without an end."""
    on = Days.next()
    site.punch(site.li_wei, at(on, 8), "in")
    site.run()
    line = next(n for n in site.lines(site.li_wei) if n.on == on)
    actor = site.actor(site.li_wei)
    case = disputes.file(line_ids=[line.pk], claim="the whole day", actor=actor, at=at(on, 20))
    disputes.assign(
        dispute_id=case.pk, user_id=site.arbitrator.user_id, actor=site.operator, at=at(on, 20)
    )
    say = {"dispute_id": case.pk, "at": at(on, 21)}
    return {
        "decide": partial(
            disputes.decide,
            awards={line.pk: 10_000},
            reasons="the witness was clear",
            actor=site.arbitrator,
            **say,
        ),
        "withdraw": partial(disputes.withdraw, actor=actor, **say),
    }


def _earned(site):
    """A payout that nobody has sent yet."""
    on = Days.next()
    site.work(site.li_wei, on)
    site.accept(site.sheet(on, on, number=f"TS-{on}"), at(on, 19))
    site.run()
    return Payout.objects.get(state="ready")


def ready_payout(site):
    """Wages that two relays want to send."""
    payout = _earned(site)
    return {"send": partial(payouts.send, payout_ids=[payout.pk], at=clock.now())}


def sent_payout(site):
    """An answer, a statement and an event say different things of it at the same moment."""
    payout = _earned(site)
    payouts.send(payout_ids=[payout.pk], at=clock.now())
    heard = partial(payouts.record_outcomes, asked=0, at=clock.now())
    return {
        "confirm": partial(heard, outcomes={payout.key: Outcome("paid", "SB1")}),
        "fail": partial(
            heard, outcomes={payout.key: Outcome("rejected", code="could_not_process")}
        ),
    }


NOUNS: dict[str, Callable] = {
    f.__name__: f
    for f in (correction, task_sheet, payee_account, dispute, ready_payout, sent_payout)
}


VERBS = {
    "correction": ("approve", "refuse", "withdraw"),
    "task_sheet": ("accept", "accept_partly", "reject", "deem"),
    "payee_account": ("verify", "refuse"),
    "dispute": ("decide", "withdraw"),
    "ready_payout": ("send",),
    "sent_payout": ("confirm", "fail"),
}


# No rivals: a rejected quantity does not stop the clock of the time that was worked.
BOTH_MAY_WIN = {("reject", "deem")}


def at_once(calls):
    """What each of the calls, made by threads at the same moment, came to."""
    gate, said = threading.Barrier(len(calls)), [None] * len(calls)

    def one(place, call):
        try:
            gate.wait()
            done = call()
            said[place] = "won" if done else "nothing left"
        except Refusal as refusal:
            said[place] = (refusal.status, refusal.code)
        except Exception as error:
            said[place] = f"{type(error).__name__}: {error}"
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def wrong_in(said):
    """More or fewer than one winner, or a loser who was not told why."""
    losers = [one for one in said if one != "won"]
    odd = [one for one in losers if one not in ((409, "wrong_state"), "nothing left")]
    return odd + [f"{len(said) - len(losers)} won"] * (len(losers) != len(said) - 1)


@pytest.fixture
def site(transactional_db, monkeypatch):
    """Nobody hears of a payout but the threads of the test."""
    monkeypatch.setattr(Days, "left", itertools.count())
    for topic in ("payout.make", "payout.send", "payout.retry_due"):
        monkeypatch.setitem(registry._topics, topic, [])
    return Site.build(workers=2).minimum_wage()


@pytest.mark.parametrize("noun", NOUNS)
def test_of_many_at_once_one_wins_and_the_others_are_told(noun, site):
    pairs = set(itertools.combinations_with_replacement(VERBS[noun], 2)) - BOTH_MAY_WIN
    for pair in sorted(pairs):
        for _ in range(OBJECTS):
            moves = NOUNS[noun](site)
            calls = [moves[pair[n % 2]] for n in range(THREADS)]

            said = at_once(calls)

            assert wrong_in(said) == [], (noun, pair, said)


def test_the_control_that_reads_without_a_lock_is_found(site, monkeypatch):
    """One wrong line: rows are read, not locked. More than one would win, or PostgreSQL says no."""

    def unlocked(model, pk, *where):
        return model._default_manager.filter(*where, pk=pk).first()

    for room in (acceptance, attendance, people):
        monkeypatch.setattr(room, "lock", unlocked)
    assert db.lock is not unlocked

    wrong = []
    for _ in range(10):
        moves = task_sheet(site)
        wrong += wrong_in(at_once([moves["accept"], moves["reject"]] * THREADS))
    assert wrong != []
