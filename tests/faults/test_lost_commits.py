"""C7: three commits in ten happen and nobody hears of them; the caller asks again under its key."""

from __future__ import annotations

import random

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from jianzhu.web import idempotency
from settlements.funding.models import Deposit
from tests.api.caller import Caller
from tests.api.test_funding import paid_in
from tests.faults.sizes import seed_of, size
from tests.site import Site

pytestmark = pytest.mark.fault("C7")
SEED, WRITES = seed_of("C7_SEED"), size("C7_WRITES", 8, 1_000)
TRIES_MAX = 30


@pytest.fixture
def owner(transactional_db, monkeypatch):
    """Calls the API over a connection that is cut after every third commit or so."""
    site = Site.build(workers=1)
    caller, luck, honest = Caller(site.owner), random.Random(SEED), BaseDatabaseWrapper._commit
    print(f"C7_SEED={SEED}")

    def commit(self):
        honest(self)
        if not connection.in_atomic_block and luck.random() < 0.3:
            self.connection.close()
            raise OperationalError("server closed the connection unexpectedly")

    def write(number):
        """The answers to one write, asked for until there is one."""
        body, answers = paid_in(site, reference=f"BANK-{number}"), []
        while len(answers) < TRIES_MAX and (not answers or answers[-1].status_code != 201):
            answers.append(caller.post("deposits", body, key=f"once-{number}"))
        return answers

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", commit)
    yield write
    monkeypatch.undo()
    connection.close()


def wrong_in(write):
    """Writes that were lost, doubled, or answered anew although they had been done."""
    wrong, lost = [], 0
    for number in range(WRITES):
        before = rows()
        answers = write(number)
        again = answers[-1].headers.get("Idempotent-Replayed") == "true"
        lost += len(answers) > 1
        if answers[-1].status_code != 201 or rows() != before + 1:
            wrong.append(f"write {number}: {rows() - before} rows, {answers[-1].status_code}")
        if len(answers) > 1 and not again:
            wrong.append(f"write {number} was done once more after its answer was lost")
    return wrong, lost


def rows():
    while True:
        try:
            return Deposit.objects.count()
        except OperationalError:
            connection.close()


def test_a_write_whose_answer_is_lost_is_done_once_and_answered_the_same(owner):
    wrong, lost = wrong_in(owner)

    print(f"{WRITES} writes, {lost} of them asked again")
    assert wrong == []


def test_the_control_that_keeps_no_answers_is_found(owner, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_keep", lambda *_: None)
        wrong, lost = wrong_in(owner)

    assert lost
    assert wrong != []
