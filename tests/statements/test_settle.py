"""What stands meets what is due, in memory: what nobody can tell yet takes nothing back."""

from datetime import date

import pytest

from settlements.statements.due import Due
from settlements.statements.models import Statement, StatementLine
from settlements.statements.rules import Hold
from settlements.statements.settle import settle
from tests.site import DAY, at

LAST = date(2026, 10, 31)


def released(key, on=DAY, until=DAY, amount=15_000):
    return StatementLine(
        pk=1, key=key, on=on, until=until, kind="time", amount_minor=amount, state="released"
    )


def unknown(on=DAY, until=DAY, reason="attendance_exception"):
    return Due(
        key=f"{on}/time/normal",
        on=on,
        until=until,
        kind="time",
        amount_minor=None,
        hold=Hold(reason, "general_contractor"),
    )


def differences(standing, due):
    return [d for _, d in settle(Statement(), [standing], due, {}, at(DAY, 20)).differences]


@pytest.mark.parametrize(
    "line, due",
    [
        (released(f"{DAY}/time/overtime"), unknown()),
        (released("2026-10-12/premium/overtime", until=DAY.replace(day=18)), unknown()),
        (
            released(f"{DAY}/allowance/7"),
            unknown(DAY.replace(day=1), LAST, reason="wage_refused"),
        ),
    ],
    ids=["the day's overtime", "the week's premium", "a month that can't be computed"],
)
def test_an_unclear_day_takes_nothing_back(line, due):
    assert differences(line, [due]) == []


def test_work_that_is_gone_for_certain_is_owed_back():
    other = unknown(DAY.replace(day=13), DAY.replace(day=13))

    assert differences(released(f"{DAY}/time/overtime"), [other]) == [-15_000]
