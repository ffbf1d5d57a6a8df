"""Every published clock, over the weekends and holidays where a calendar by hand goes wrong."""

import csv
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.disputes.rules import published
from settlements.disputes.rules.calendars import Calendar
from settlements.disputes.rules.clock import Clock, Leg, Pause, Place, deadline
from tests.shared import SHARED, needs_shared

SHANGHAI, LONDON, BRISBANE = "Asia/Shanghai", "Europe/London", "Australia/Brisbane"
# Where each regime's cases play, and the calendar of a clock that names none of its own.
PLACES = {
    "CN": (SHANGHAI, "CN"),
    "GB": (LONDON, "GB"),
    "AU": ("Australia/Sydney", "AU"),
    "AU-NSW": ("Australia/Sydney", "AU-NSW"),
    "AU-WA": ("Australia/Perth", "AU-WA"),
    "AU-QLD": (BRISBANE, "AU-QLD"),
    "UPWORK": ("America/New_York", "US"),
    "SG": ("Asia/Singapore", "SG"),
    "CA-BC": ("America/Vancouver", "CA-BC"),
    "AE": ("Asia/Dubai", "AE"),
}
CN = Place(SHANGHAI, Calendar("CN"))


def noon(text, zone=SHANGHAI):
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=ZoneInfo(zone))


def reckon(name, regime, events, **more):
    zone, calendar = PLACES[regime if regime in PLACES else regime[:2]]
    clock = published.clock_of(name, regime, date(2026, 9, 1))
    assert clock is not None, f"{regime} has no clock {name}"
    place = Place(zone, Calendar(clock.calendar or calendar, closed=clock.closed))
    return deadline(clock, {k: noon(v, zone) for k, v in events.items()}, place, **more)


# China's holidays of 2026: 1 to 7 October off, Saturday the 10th a working day.
CASES = [
    # regime, clock, events, last day, first day of a window
    ("CN", "answer", {"served": "2026-09-28"}, "2026-10-16", None),
    ("CN", "intake", {"submitted": "2026-09-30"}, "2026-10-13", None),
    ("CN", "award", {"accepted": "2026-08-18"}, "2026-10-08", None),
    ("CN", "award", {"accepted": "2026-07-01"}, "2026-08-17", None),  # a Saturday
    ("CN", "sue", {"served": "2026-09-16"}, "2026-10-08", None),
    ("CN", "set_aside", {"served": "2026-09-01"}, "2026-10-08", None),
    ("CN", "mediation", {"mediation": "2026-09-16"}, "2026-10-08", None),
    ("CN", "hearing_notice", {"hearing": "2026-10-12"}, "2026-09-29", None),
    ("CN", "postpone", {"hearing": "2026-10-12"}, "2026-10-08", None),
    ("CN", "limit", {"knew": "2025-10-03"}, "2026-10-08", None),
    ("CN-33-01", "award_simple", {"accepted": "2026-09-03"}, "2026-10-08", None),
    ("CN-37", "one_notice", {"submitted": "2026-09-30"}, "2026-10-10", None),
    ("CN-37", "intake", {"submitted": "2026-09-30"}, "2026-09-30", None),
    ("GB", "appoint_adjudicator", {"notice": "2026-12-17"}, "2026-12-24", None),
    ("GB", "refer", {"notice": "2026-12-21"}, "2026-12-31", None),
    ("GB", "decision", {"referral": "2026-06-05"}, "2026-07-03", None),
    ("GB", "decision", {"referral": "2026-12-01"}, "2027-01-02", None),
    ("GB", "pay_supply_chain", {"assessment": "2026-12-07"}, "2026-12-24", "2026-12-12"),
    ("AU", "payment_schedule", {"claim": "2026-03-25"}, "2026-04-10", None),
    ("AU", "second_chance_notice", {"payment_due": "2026-03-25"}, "2026-04-24", None),
    ("AU", "second_chance_schedule", {"second_chance_notice": "2026-05-01"}, "2026-05-08", None),
    ("AU", "adjudication_application", {"payment_schedule": "2026-05-08"}, "2026-05-22", None),
    ("AU", "adjudication_response",
     {"application": "2026-05-22", "acceptance": "2026-05-28"}, "2026-06-04", None),
    ("AU", "adjudication_response",
     {"application": "2026-05-22", "acceptance": "2026-05-25"}, "2026-06-02", None),
    ("AU", "determination", {"acceptance": "2026-05-14"}, "2026-05-28", None),
    ("AU-NSW", "appoint_adjudicator", {"application": "2026-12-23"}, "2027-01-06", None),
    ("AU-NSW", "adjudication_response",
     {"application_copy": "2026-12-18", "appointment": "2027-01-05"}, "2027-01-07", None),
    ("AU-NSW", "determination", {"response_due": "2027-01-07"}, "2027-01-21", None),
    ("AU-NSW", "pay_determination", {"determination": "2027-01-21"}, "2027-01-29", None),
    ("AU-WA", "notice_of_intention", {"payment_due": "2026-12-18"}, "2027-02-05", None),
    ("AU-WA", "notice_schedule", {"notice_of_intention": "2027-02-05"}, "2027-02-12", None),
    ("AU-WA", "adjudication_application", {"notice_schedule": "2027-02-12"}, "2027-03-15", None),
    ("AU-QLD", "record_movement", {"movement": "2026-12-21"}, "2027-01-15", None),
    ("AU-QLD", "tell_beneficiary", {"movement": "2026-12-21"}, "2027-01-15", None),
    ("AU-QLD", "bank_reconciliation", {"month": "2026-09-15"}, "2026-10-22", None),
    ("AU-QLD", "shortfall", {"shortfall": "2026-12-26"}, "2026-12-26", None),
    ("UPWORK", "milestone_review", {"submitted": "2026-12-20"}, "2027-01-03", None),
    ("UPWORK", "dispute_answer", {"disputed": "2026-11-23"}, "2026-12-01", None),
    ("UPWORK", "mediation", {"mediation": "2026-10-01"}, "2026-10-31", "2026-10-03"),
    ("UPWORK", "refund_answer", {"asked": "2026-10-01"}, "2026-10-08", None),
    ("SG", "negotiation", {"filed": "2026-02-13"}, "2026-02-24", None),
    ("CA-BC", "response", {"notice": "2026-12-18"}, "2027-01-04", None),
    ("AE", "wage_credited", {"due": "2026-10-03"}, "2026-10-03", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("regime", "name", "events", "last", "opens"),
    CASES,
    ids=[f"{c[0]}-{c[1]}-{n}" for n, c in enumerate(CASES)],
)
def test_the_last_day_is_the_laws(regime, name, events, last, opens):
    due = reckon(name, regime, events)

    assert due.last_day == date.fromisoformat(last)
    assert due.opens_on == (date.fromisoformat(opens) if opens else None)


# The published table's regimes, and the regime under which each stands here.
REGIMES = {
    "UK Housing Grants Act": "GB",
    "UK project bank account": "GB",
    "Australian SOP Act (s.19(2) form)": "AU",
    "NSW": "AU-NSW",
    "WA 2021 Act s28": "AU-WA",
    "Queensland project trust": "AU-QLD",
    "Upwork milestone": "UPWORK",
    "Upwork escrow dispute": "UPWORK",
    "Upwork refund request": "UPWORK",
    "Singapore TADM": "SG",
    "BC Civil Resolution Tribunal": "CA-BC",
    "UAE WPS": "AE",
}


@needs_shared
def test_every_row_of_the_published_table_is_a_clock_with_a_case_of_its_own():
    with (SHARED / "data" / "cases" / "dispute_clocks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    tested = {(case[0], case[1]) for case in CASES}
    kept = {}
    for clock in published.clocks():
        kept.setdefault((clock.regime, clock.step), []).append(clock)

    for row in rows:
        clocks = kept[REGIMES[row["regime"]], row["step"]]
        assert all((c.regime, c.name) in tested for c in clocks)
        said = row["clock"]
        assert all(str(c.count) in said or not c.count for c in clocks), said
        assert all(c.on_silence for c in clocks)
    assert len(rows) == 25


def test_immediately_is_the_instant_itself():
    due = reckon("shortfall", "AU-QLD", {"shortfall": "2026-12-26"})

    assert due.due_at == noon("2026-12-26", BRISBANE)


def test_the_last_day_ends_at_its_midnight_on_the_site():
    due = reckon("answer", "CN", {"served": "2026-09-28"})

    assert due.due_at == datetime(2026, 10, 17, tzinfo=ZoneInfo(SHANGHAI))
    assert not due.late(due.due_at - timedelta(seconds=1))
    assert due.late(due.due_at)


def test_a_suspended_clock_is_right_to_the_day():
    order = Pause(noon("2026-08-28"), noon("2026-09-07"), "order 7")

    due = reckon("award", "CN", {"accepted": "2026-08-18"}, pauses=[order])

    assert due.last_day == date(
        2026, 10, 12
    )  # 2 October and the ten days from 28 August to 6 September
    assert [day for day, why in due.skipped if why == "order"] == [
        date(2026, 8, 28) + timedelta(days=n) for n in range(10)
    ]


def test_working_days_under_an_order_do_not_count_and_days_off_count_once():
    order = Pause(noon("2026-09-30"), noon("2026-10-09"), "order 8")

    due = reckon("answer", "CN", {"served": "2026-09-28"}, pauses=[order])

    assert due.last_day == date(2026, 10, 20)  # 30 September and 8 October were working days


def test_while_an_order_stands_there_is_no_last_day():
    order = Pause(noon("2026-08-28"), None, "order 9")

    due = reckon("award", "CN", {"accepted": "2026-08-18"}, pauses=[order])

    assert (due.last_day, due.due_at) == (None, None)


@pytest.mark.parametrize(
    "more",
    [
        {"pauses": [Pause(noon("2026-08-28"), noon("2026-09-07"), "")]},
        {"pauses": [Pause(noon("2026-09-07"), noon("2026-08-28"), "order")]},
        {"extended": 16},
    ],
    ids=["no record", "ends before it begins", "longer than approved"],
)
def test_a_clock_stops_by_a_recorded_order_alone_and_grows_by_what_the_law_allows(more):
    with pytest.raises(ValueError):
        reckon("award", "CN", {"accepted": "2026-08-18"}, **more)


def test_no_order_stops_an_adjudicators_28_days():
    order = Pause(noon("2026-06-10", LONDON), noon("2026-06-20", LONDON), "holiday")

    with pytest.raises(ValueError, match="no order"):
        reckon("decision", "GB", {"referral": "2026-06-05"}, pauses=[order])


def test_fifteen_days_more_with_approval():
    due = reckon("award", "CN", {"accepted": "2026-07-01"}, extended=15)

    assert due.last_day == date(2026, 8, 31)  # 60 days end on Sunday the 30th


def test_pay_moves_earlier_and_procedure_later_off_the_same_holiday():
    later = Clock("last_day", "event", 1, "day", moves="later")
    earlier = Clock("pay_day", "event", 1, "day", moves="earlier")
    events = {"event": noon("2026-10-02")}

    assert deadline(later, events, CN).last_day == date(2026, 10, 8)
    assert deadline(earlier, events, CN).last_day == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("clock", "event", "last"),
    [
        (Clock("months", "e", 1, "month"), "2026-01-31", "2026-02-28"),
        (Clock("weeks", "e", 2, "week"), "2026-10-12", "2026-10-26"),
        (Clock("same day", "e", 3, "day", start="same_day"), "2026-10-12", "2026-10-14"),
        (Clock("after hours", "e", 1, "workday", cutoff="11:00"), "2026-09-30", "2026-10-09"),
        (Clock("weekdays", "e", 5, "weekday"), "2026-09-30", "2026-10-07"),
        (Clock("clear", "e", 3, "day", before=True, clear=True), "2026-10-12", "2026-10-08"),
        (Clock("earlier", "e", 9, "day", earlier_of=(Leg("e", 2, "workday"),)), "2026-10-12", "2026-10-14"),
        (Clock("quarter", "e", 10, "day", anchor="quarter_end"), "2026-08-02", "2026-10-10"),
    ],
    ids=lambda value: value.name if isinstance(value, Clock) else None,
)  # fmt: skip
def test_other_ways_of_counting_are_data_too(clock, event, last):
    assert deadline(clock, {"e": noon(event)}, CN).last_day == date.fromisoformat(last)


def test_hours_run_by_the_instant_and_stand_still_by_it():
    start = noon("2026-10-01")
    order = Pause(start + timedelta(hours=2), start + timedelta(hours=5), "power cut")

    due = deadline(Clock("day", "e", 24, "hour"), {"e": start}, CN, pauses=[order])

    assert due.due_at == start + timedelta(hours=27)


days = st.dates(date(2025, 1, 1), date(2026, 6, 30))


@given(days, st.integers(1, 60), st.integers(0, 40), st.integers(0, 40))
def test_natural_days_move_by_exactly_the_days_an_order_took(day, count, lead, length):
    """Property: an order within the period moves its end by its own days, one that begins after not."""
    start = noon(day.isoformat())
    order = Pause(start + timedelta(days=lead + 1), start + timedelta(days=lead + 1 + length), "o")
    clock = Clock("natural", "e", count, "day")

    due = deadline(clock, {"e": start}, CN, pauses=[order])

    moved = length if lead < count else 0
    assert due.last_day == day + timedelta(days=count + moved)


@given(days, st.integers(1, 30), st.integers(0, 20), st.integers(1, 20))
def test_two_orders_that_meet_are_one(day, count, lead, length):
    """Property: stopped and stopped again at once is stopped once."""
    start = noon(day.isoformat())
    a, b, c = (start + timedelta(days=lead + n) for n in (1, 1 + length, 1 + 2 * length))
    clock = Clock("working", "e", count, "workday")
    events = {"e": start}

    apart = deadline(clock, events, CN, pauses=[Pause(a, b, "o"), Pause(b, c, "p")])
    whole = deadline(clock, events, CN, pauses=[Pause(a, c, "o")])

    assert apart.last_day == whole.last_day
    assert CN.calendar.is_workday(apart.last_day)
