"""Random months, told in random order and again and again: the eight truths, and one outcome."""

import os
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlements.books import queries as books
from settlements.payouts import subscribers
from tests.bank import BookRail
from tests.site import DAY, Site, at

NUMBERS = count()  # each example builds its sites beside those of the former
DAYS = 4
WORKERS = 2
# What may happen on a worker's day: (came at, left at or None).
DAY_OF_WORK = st.one_of(
    st.none(), st.tuples(st.integers(6, 10), st.one_of(st.none(), st.integers(11, 20)))
)
MONTH = st.fixed_dictionaries(
    {
        "work": st.lists(DAY_OF_WORK, min_size=DAYS * WORKERS, max_size=DAYS * WORKERS),
        "sheets": st.lists(
            st.sampled_from(["none", "silent", "accepted"]), min_size=DAYS, max_size=DAYS
        ),
        "funds": st.sampled_from([0, 50_000, 10_000_000]),
    }
)


def news_of(month):
    """The month's events, each as (what, …), in the order of the days."""
    events = []
    for number, worked in enumerate(month["work"]):
        day, worker = DAY + timedelta(days=number % DAYS), number // DAYS
        if worked is not None:
            came, left = worked
            events.append(("punch", worker, at(day, came), "in"))
            if left is not None:
                events.append(("punch", worker, at(day, left), "out"))
    for number, what in enumerate(month["sheets"]):
        if what != "none":
            events.append(("sheet", DAY + timedelta(days=number), what))
    return events


def tell(site, event):
    if event[0] == "punch":
        _, worker, moment, side = event
        site.punch(site.workers[worker], moment, side)
    else:
        _, day, what = event
        sheet = site.sheet(day, day, submitted=at(day, 18), number=f"TS-{day}")
        if what == "accepted":
            from projects.acceptance.models import TaskSheet

            if TaskSheet.objects.get(pk=sheet).state == "submitted":
                site.accept(sheet, at(day, 19))


def outcome(site):
    """By worker and key: state and amount, whatever the order of the news was."""
    return sorted(
        (n.statement.worker.code, n.key, n.state, n.amount_minor, n.reason) for n in site.lines()
    )


@pytest.mark.slow
@settings(
    max_examples=100 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(month=MONTH, data=st.data())
def test_any_order_of_the_same_news_ends_in_the_same_books(db, tmp_path_factory, month, data):
    events = news_of(month)
    shuffled = data.draw(st.permutations(events))
    stops = set(data.draw(st.lists(st.integers(0, max(len(events) - 1, 0)), max_size=3)))
    outcomes = []
    for name, told in (("T-1", events), ("T-2", shuffled)):
        rail = BookRail(tmp_path_factory.mktemp("bank"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(subscribers, "rail_named", lambda _, rail=rail: rail)
            code = f"{name}-{next(NUMBERS)}"
            rail.books.deposit(f"9999{code}", "D", 10**9)
            site = Site.build(workers=WORKERS, funds=month["funds"], code=code)
            for number, event in enumerate(told):
                tell(site, event)
                if name == "T-2" and number in stops:
                    site.run()  # what is due may happen at any moment between
            site.run()
            outcomes.append(outcome(site))
            assert [t for t in books.truths() if t.faults] == []
            assert rail.books.doubles() == []
        rail.books.close()

    if month["funds"] != 50_000:  # with too little money, who comes first depends on the order
        assert outcomes[0] == outcomes[1]
