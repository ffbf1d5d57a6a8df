"""R2: random transfers and snapshot reads at once; every read shows a whole bank.

Sizes come from the environment (`make chaos` sets the long ones): R2_SECONDS, R2_CLIENTS, R2_SEED.
The control is a defect planted in the same run: balances written without the entry trigger.
"""

from __future__ import annotations

import random
import threading
import time

import pytest
from django.db import connection, transaction

from jianzhu.kernel.errors import Refusal
from settlements.ledger import queries
from tests.faults.sizes import seed_of, size
from tests.ledger.conftest import Bank, move, open_

pytestmark = pytest.mark.fault("R2")
SECONDS, CLIENTS = size("R2_SECONDS", 2, 60), size("R2_CLIENTS", 4, 16)
SEED = seed_of("R2_SEED")
ACCOUNTS, START = 8, 1_000
ISOLATION = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")

READ = """
    SELECT id, guarded, credits_posted - debits_posted, debits_pending
    FROM settlements_account WHERE kind LIKE 'trial%%' ORDER BY id
"""


@pytest.fixture
def accounts(transactional_db):
    keys = [("trial", 0, 0), *(("trial_guarded", 0, n) for n in range(1, ACCOUNTS + 1))]
    ids = open_(keys=keys)
    world, own = ids[keys[0]], [ids[key] for key in keys[1:]]
    bank = Bank(world, own[0], own[1], own[2])
    for number, account in enumerate(own):
        move(movements=[bank.movement(f"start-{number}", world, account, START)])
    return bank, own


def read_once(isolation):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
        cursor.execute(READ)
        return cursor.fetchall()


def wrong_in(rows, own):
    """What a read shows that no moment of a bank could have shown."""
    guarded = {row[0]: row for row in rows if row[1]}
    found = []
    if sorted(guarded) != sorted(own):
        found.append(f"accounts {sorted(guarded)}")
    if any(value is None for row in rows for value in row):
        found.append(f"null in {rows}")
    if sum(row[2] for row in rows) != 0:
        found.append(f"the whole is {sum(row[2] for row in rows)}")
    if sum(row[2] for row in guarded.values()) != ACCOUNTS * START:
        found.append(f"the total is {sum(row[2] for row in guarded.values())}")
    return found + [f"negative: {row}" for row in guarded.values() if row[2] < row[3]]


class Run:
    """Writers and readers until the time is over; what readers found, and how much was done."""

    def __init__(self, bank, own):
        self.bank, self.own, self.over = bank, own, threading.Event()
        self.found, self.moved, self.refused, self.read = [], 0, 0, 0

    def write(self, client):
        luck, number = random.Random(SEED + client), 0
        while not self.over.is_set():
            source, target = luck.sample(self.own, 2)
            number += 1
            key, amount = f"r2-{client}-{number}", luck.randrange(1, START)
            try:
                move(movements=[self.bank.movement(key, source, target, amount)])
                self.moved += 1
            except Refusal:
                self.refused += 1
        connection.close()

    def look(self, client):
        while not self.over.is_set():
            self.found += wrong_in(read_once(ISOLATION[self.read % 3]), self.own)
            self.read += 1
        connection.close()

    def run(self):
        clients = [threading.Thread(target=self.write, args=[n]) for n in range(CLIENTS)]
        clients += [threading.Thread(target=self.look, args=[n]) for n in range(2)]
        for one in clients:
            one.start()
        time.sleep(SECONDS)  # the load's length, not a wait for something
        self.over.set()
        for one in clients:
            one.join(timeout=30)


def test_every_read_during_load_shows_a_whole_bank(accounts):
    bank, own = accounts
    run = Run(bank, own)

    run.run()

    print(f"seed {SEED}: {run.moved} moved, {run.refused} refused, {run.read} reads")
    assert run.found == [], f"seed {SEED}"
    assert min(run.moved, run.read) > 0
    assert queries.faults() == []


def test_the_control_a_balance_moved_in_two_steps_is_seen(accounts):
    _bank, own = accounts
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE settlements_account SET debits_posted = debits_posted + 5 WHERE id = %s",
            [own[0]],
        )
        seen = wrong_in(read_once("READ COMMITTED"), own)
        cursor.execute(
            "UPDATE settlements_account SET debits_posted = debits_posted - 5 WHERE id = %s",
            [own[0]],
        )
        cursor.execute("SET session_replication_role = origin")

    assert seen == ["the whole is -5", f"the total is {ACCOUNTS * START - 5}"]
