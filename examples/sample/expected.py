"""What has to come out, reckoned from the truth alone: no product code, no device body is read.

Amounts are exact fractions of currency units ("1984" or "62744/17"), before any rounding.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sample.attendance import Shift, unclear
from sample.dates import kind_of
from sample.people import FRAMERS, MASONS, Person, Rate, leader, rates
from sample.work import MILESTONES, SHARE_RULES, SHEETS, crew_points, points

NORMAL_MINUTES = 480
OVERTIME_CN, REST_DAY_CN, HOLIDAY_CN = (
    Fraction(3, 2),
    Fraction(2),
    Fraction(3),
)  # Labour Law art. 44
WEEK_MINUTES_US, OVERTIME_US = 40 * 60, Fraction(3, 2)  # 29 U.S.C. 207(a)(1)
MINUTES_IN_HOUR = 60


def expected(
    everybody: list[Person], worked: list[Shift], counts: dict[str, int]
) -> dict[str, Any]:
    """Per worker: days, minutes, exceptions, time pay and piece pay; and the month's counts."""
    by_code: dict[str, list[Shift]] = defaultdict(list)
    for shift in worked:
        by_code[shift.person.code].append(shift)
    pieces = _pieces(everybody, by_code)
    found = {
        person.code: _worker(person, by_code[person.code], pieces[person.code], everybody)
        for person in everybody
    }
    return {"counts": counts, "pieces": _totals(), "workers": found}


def _worker(
    person: Person, shifts: list[Shift], pieces: dict[str, Fraction], everybody: list[Person]
) -> dict[str, Any]:
    clean = [shift for shift in shifts if not unclear(shift)]
    versions = rates(person, leader(person.crew, everybody) == person)
    time_pay = Fraction(0)
    if person.crew == FRAMERS:
        time_pay = _time_pay_us(clean, versions)
    elif person.crew != MASONS:
        time_pay = _time_pay_cn(clean, versions)
    price = Fraction(versions[0].yuan)
    return {
        "name": person.name,
        "crew": person.crew,
        "clean_days": {shift.on.isoformat(): shift.minutes for shift in clean},
        "exception_days": {s.on.isoformat(): unclear(s) for s in shifts if unclear(s)},
        "minutes": sum(shift.minutes for shift in clean),
        "minutes_by_kind": _by_kind(clean) if person.on_a else {},
        "time_pay": str(time_pay),
        "piece_pay": {number: str(share * price) for number, share in pieces.items()},
        "milestone_pay": _milestone_pay(person, everybody),
    }


def _milestone_pay(person: Person, everybody: list[Person]) -> dict[str, str]:
    """The person's share of each milestone, what is kept of it included."""
    found = {}
    for milestone in MILESTONES:
        number, crew, labour = str(milestone[1]), str(milestone[2]), str(milestone[7])
        shares = crew_points(crew, everybody)
        if person.code in shares:
            whole = Fraction(labour) * shares[person.code] / sum(shares.values())
            found[number] = str(whole)
    return found


def _by_kind(shifts: list[Shift]) -> dict[str, int]:
    """Minutes of normal days up to eight hours, beyond them, of rest days and of holidays."""
    found = {"normal": 0, "overtime": 0, "rest": 0, "holiday": 0}
    for shift in shifts:
        kind = kind_of(shift.on)
        beyond = max(0, shift.minutes - NORMAL_MINUTES) if kind == "normal" else 0
        found[kind] += shift.minutes - beyond
        found["overtime"] += beyond
    return found


def _time_pay_cn(shifts: list[Shift], versions: list[Rate]) -> Fraction:
    factors = {
        "normal": Fraction(1),
        "overtime": OVERTIME_CN,
        "rest": REST_DAY_CN,
        "holiday": HOLIDAY_CN,
    }
    return sum(
        (
            Fraction(minutes, MINUTES_IN_HOUR)
            * _rate(versions, shift.on).per_hour()
            * factors[kind]
            for shift in shifts
            for kind, minutes in _by_kind([shift]).items()
        ),
        Fraction(0),
    )


def _time_pay_us(shifts: list[Shift], versions: list[Rate]) -> Fraction:
    """One hourly rate, so it is the regular rate; the workweek starts on Monday."""
    weeks: dict[date, int] = defaultdict(int)
    for shift in shifts:
        weeks[shift.on - timedelta(days=shift.on.weekday())] += shift.minutes
    beyond = sum(max(0, minutes - WEEK_MINUTES_US) for minutes in weeks.values())
    hours = Fraction(sum(weeks.values()), MINUTES_IN_HOUR)
    extra = Fraction(beyond, MINUTES_IN_HOUR) * (OVERTIME_US - 1)
    return (hours + extra) * versions[0].per_hour()


def _rate(versions: list[Rate], on: date) -> Rate:
    return next(rate for rate in versions if rate.covers(on))


def _pieces(
    everybody: list[Person], by_code: dict[str, list[Shift]]
) -> dict[str, dict[str, Fraction]]:
    """Each mason's share of every accepted quantity, by the sheet's rule."""
    crew = [person for person in everybody if person.crew == MASONS]
    found: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for sheet in SHEETS[MASONS]:
        number, first, last, accepted = str(sheet[0]), int(sheet[1]), int(sheet[2]), str(sheet[5])
        if not accepted:
            continue
        weights = _weights(SHARE_RULES[number], crew, by_code, first, last)
        for code, weight in weights.items():
            share = Fraction(accepted) * weight / sum(weights.values())
            found[code][number] = share
    return found


def _weights(
    rule: str, crew: list[Person], by_code: dict[str, list[Shift]], first: int, last: int
) -> dict[str, Fraction]:
    if rule == "points":
        return {code: Fraction(count) for code, count in points(crew).items()}
    if rule == "equal":
        return {person.code: Fraction(1) for person in crew}
    return {
        person.code: sum(
            (
                Fraction(shift.minutes, NORMAL_MINUTES)
                for shift in by_code[person.code]
                if first <= shift.on.day <= last and not unclear(shift)
            ),
            Fraction(0),
        )
        for person in crew
    }


def _totals() -> dict[str, str]:
    """What each accepted piece sheet is worth in all."""
    return {
        str(sheet[0]): str(Fraction(str(sheet[5])) * Fraction("230.00"))
        for sheet in SHEETS[MASONS]
        if sheet[5]
    }
