"""The deterministic simulation: one process, a virtual clock, a bad bank, a bad broker, one seed.

At every step a seed draws who acts next, and whether they die in the middle. SIM_SEED=… replays one
seed and prints its steps, SIM_SEEDS and SIM_STEPS set the size (`make chaos` the long one).
"""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from django.db import connection

from jianzhu.outbox import relay
from settlements.payouts.models.payout import payout_machine
from settlements.payouts.rails.protocol import Outcome
from tests.faults.simulation.bank import BadBank
from tests.faults.simulation.world import DAYS, START, World, undone
from tests.faults.sizes import seed_of, size

pytestmark = pytest.mark.fault("SIM")
SEEDS, STEPS = size("SIM_SEEDS", 2, 2_000), size("SIM_STEPS", 60, 200)
ONE = os.environ.get("SIM_SEED")
FIRST = int(ONE or seed_of("SIM_FIRST"))
# Of this many seeds each, the dead rows of undone worlds are cleared away.
FRESH_EVERY = 50
# Seeds that once failed.
KEPT: tuple[int, ...] = ()
DEATH = 0.02
# As many as a control may take to be found.
CONTROL_SEEDS_MAX = 20
# This many seeds have met every state of a payout.
REACHES_ALL = 200

# Who acts next, by weight.
ACTS = {
    "work": 6,
    "forget_to_leave": 2,
    "correct": 2,
    "hand_in": 4,
    "accept": 8,
    "reject": 1,
    "object_to": 3,
    "take_back": 1,
    "decide": 1,
    "change_payee": 2,
    "fund": 1,
    "try_again": 2,
    "stop": 0.5,
    "start_again": 2,
    "freeze": 0.5,
    "unfreeze": 1,
    "bank_day": 3,
    "deliver": 20,
    "work_off": 20,
    "publish": 8,
    "take_hint": 16,
    "take_hint_again": 4,
    "lose_hints": 1,
    "a minute": 12,
    "an hour": 4,
    "a day": 2,
    "skew": 1,
}
TIME = {"a minute": 60, "an hour": 3_600, "a day": 86_400}
SKEWS = (timedelta(hours=-2), timedelta(0), timedelta(0), timedelta(days=40))


def arguments(name, number, luck, workers):
    """What the act is about, drawn by the seed."""
    if name in ("work", "forget_to_leave", "correct"):
        return (luck.randrange(workers), luck.randrange(DAYS))
    if name in ("hand_in", "accept", "reject"):
        return (luck.randrange(DAYS),)
    if name in ("object_to", "take_back"):
        return (luck.randrange(9),)
    if name == "decide":
        return (luck.randrange(9), luck.choice([0, 10_000, 40_000]))
    if name == "change_payee":
        return (luck.randrange(workers), number)
    return (number, 1_000_000) if name == "fund" else ()


def step(world, number):
    luck = world.chances
    (name,) = luck.choices([*ACTS], [*ACTS.values()])
    if name in TIME:
        world.time.pass_(timedelta(seconds=luck.randrange(1, TIME[name])))
        world.told.append(name)
    elif name == "skew":
        world.time.skew = luck.choice(SKEWS)
        world.told.append(f"the machine's clock is off by {world.time.skew}")
    else:
        said = arguments(name, number, luck, len(world.site.workers))
        more = {"twice": True} if name == "take_hint_again" else {}
        with world.mortal(DEATH):
            world.act("take_hint" if more else name, *said, **more)


def live(world, seed, steps=STEPS):
    """One seed's whole life; what was wrong, with the step after which it was."""
    world.begin(seed)
    for number in range(steps):
        step(world, number)
        if wrong := world.invariants():
            return [f"after step {number}", *wrong]
    world.settle()
    return world.left_over()


def payout_states():
    """Every state that any payout of this world has had."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT data->>'state' FROM jianzhu_auditevent"
            " WHERE subject_type = 'payout' AND data ? 'state'"
        )
        return {row[0] for row in cursor.fetchall()}


def report(seed, world, wrong):
    steps = "\n  ".join(world.told)
    return f"SIM_SEED={seed} SIM_STEPS={STEPS} replays this:\n  {steps}\n" + "\n".join(wrong)


def lives(patch, seeds, reached):
    """Each seed in a world of its own; stops at the first that goes wrong. Returns the days lived."""
    world, days = World(patch, warm=True), 0
    for seed in seeds:
        with undone():
            wrong = live(world, seed)
            assert wrong == [], report(seed, world, wrong)
            days += (world.time.database - START).days
            reached |= payout_states()
    if ONE:
        print(report(int(ONE), world, []))
    return days


@pytest.mark.slow
def test_whatever_the_seed_does_nobody_is_paid_twice_and_nobody_is_forgotten(db):
    print(f"SIM_FIRST={FIRST} SIM_SEEDS={SEEDS} SIM_STEPS={STEPS}")
    seeds = [int(ONE)] if ONE else [*KEPT, *range(FIRST, FIRST + SEEDS)]
    began, days = time.monotonic(), 0
    reached: set[str] = set()
    for place in range(0, len(seeds), FRESH_EVERY):
        some = seeds[place : place + FRESH_EVERY]
        with pytest.MonkeyPatch.context() as patch, undone():
            days += lives(patch, some, reached)
        took = time.monotonic() - began
        print(f"{place + len(some)} seeds, {days} days in {took:.0f} s", flush=True)
    assert len(seeds) < REACHES_ALL or reached >= set(payout_machine.states), reached


def test_the_same_seed_lives_the_same_life(db, monkeypatch):
    world, told = World(monkeypatch, warm=True), []
    for _ in range(2):
        with undone():
            live(world, 7, 25)
            told.append(list(world.told))

    assert told[0] == told[1]


# One wrong line each, as a patch of the running code; the simulation has to find it.
def invents_keys(patch):
    honest = BadBank.send_many

    def send_many(self, instructions):
        from dataclasses import replace

        fresh = {i.key: replace(i, key=f"{i.key}:{self.calls}") for i in instructions}
        self.calls += 1
        said = honest(self, list(fresh.values()))
        return {i.key: said.get(fresh[i.key].key, Outcome("unknown")) for i in instructions}

    patch.setattr(BadBank, "send_many", send_many)


def takes_silence_for_a_no(patch):
    honest = BadBank.send_many

    def send_many(self, instructions):
        said = honest(self, instructions)
        return {
            k: Outcome("rejected", code="could_not_process") if o.status == "unknown" else o
            for k, o in said.items()
        }

    patch.setattr(BadBank, "send_many", send_many)


def forgets_what_it_began(patch):
    patch.setattr(relay, "_CLAIM", relay._CLAIM.replace("parked_at IS NULL", "attempts = 0", 1))


@pytest.mark.parametrize(
    "defect, first", [(invents_keys, 0), (takes_silence_for_a_no, 5), (forgets_what_it_began, 0)]
)
def test_the_control_a_wrong_line_is_found(defect, first, db, monkeypatch):
    defect(monkeypatch)
    world, wrong = World(monkeypatch, warm=True), []
    for seed in range(first, first + CONTROL_SEEDS_MAX):
        with undone():
            wrong = live(world, seed, 60)
        if wrong:
            break

    assert wrong != []
