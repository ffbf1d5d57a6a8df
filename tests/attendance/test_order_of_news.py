"""Any order and any repetition of the same passages gives the same days."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.attendance import commands
from projects.attendance.models import DayRecord
from projects.attendance.rules import DayRule, Direction, PunchFact, Reader
from tests.site import DAY, Site, at

NEXT = DAY + timedelta(days=1)
START = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
RULES = st.builds(
    DayRule,
    starts=st.just(480),
    ends=st.sampled_from([300, 1020]),
    span=st.sampled_from(["first_in_last_out", "every_pair"]),
    sides=st.sampled_from(["auto", "typed", "alternate"]),
    match=st.sampled_from(["day_starts", "shift_window"]),
    count=st.sampled_from(["within_shift", "presence"]),
    sites=st.sampled_from(["ask", "each"]),
    break_minutes=st.sampled_from([0, 30, 60]),
    round_minutes=st.sampled_from([0, 15]),
)
PUNCHES = st.lists(
    st.tuples(st.integers(0, 14 * 24 * 60), st.sampled_from(list(Direction)), st.integers(0, 1)),
    max_size=24,
)


@given(RULES, PUNCHES, st.sampled_from(["Asia/Shanghai", "Australia/Lord_Howe"]), st.data())
@settings(max_examples=200, deadline=None)
def test_shuffled_and_doubled_passages_make_the_same_days(rule, said, zone, data):
    punches = [PunchFact(n, START + at * 60, d, site) for n, (at, d, site) in enumerate(said)]
    more = data.draw(st.lists(st.sampled_from(punches), max_size=12)) if punches else []
    shuffled = data.draw(st.permutations(punches + more))

    days = Reader(rule, ZoneInfo(zone)).days(punches)

    assert Reader(rule, ZoneInfo(zone)).days(shuffled) == days


@given(RULES, PUNCHES)
@settings(max_examples=200, deadline=None)
def test_no_passage_is_lost_and_no_day_is_longer_than_its_presence(rule, said):
    punches = [PunchFact(n, START + at * 60, d, site) for n, (at, d, site) in enumerate(said)]

    days = Reader(rule, ZoneInfo("Asia/Shanghai")).days(punches)

    told = [i for day in days for i in day.punch_ids]
    told += [i for day in days for i, why in day.ignored if why == "double"]
    assert sorted(told) == [p.id for p in punches]
    for day in days:
        step = rule.round_minutes
        assert day.minutes <= sum((b - a) // 60 for a, b in day.intervals) + step
        assert 0 <= day.night_minutes <= day.minutes


TOLD = [  # two nights and a day, doubled and with a door in between
    (DAY, 8, "in"), (DAY, 8, "in"), (DAY, 12, "out"), (DAY, 13, "in"), (DAY, 17, "out"),
    (NEXT, 7, "in"), (NEXT, 18, "out"), (NEXT, 19, "in"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_news_in_any_order_read_after_each_piece_ends_in_the_same_records(db, seed):
    site = Site.build(workers=1)
    order = random.Random(seed).sample(TOLD, len(TOLD))

    for day, hour, side in [*order, *order[:3]]:
        site.punch(site.li_wei, at(day, hour), side)
        commands.pair_days(
            project_id=site.project.pk,
            worker_ids=[site.li_wei.pk],
            first=DAY,
            last=NEXT,
            at=at(NEXT + timedelta(days=1), 12),
        )

    rows = DayRecord.objects.order_by("on")
    assert list(rows.values_list("on", "state", "minutes", "exceptions")) == [
        (DAY, "confirmed", 540, []),
        (NEXT, "exception", 0, ["missing_out"]),
    ]
