"""A rejected sheet comes back: every inspection is kept, and what was accepted never falls."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jianzhu.kernel.errors import Refusal
from projects.acceptance import commands, errors
from projects.acceptance.models import Inspection, TaskSheet
from tests.site import DAY, at

CURE = DAY + timedelta(days=7)


def reject(site, sheet, when=None):
    return commands.reject(
        sheet_id=sheet, defect="not plumb", cure_by=CURE, actor=site.owner, at=when or at(DAY, 19)
    )


def accept_part(site, sheet, quantity, when=None):
    return commands.accept_partly(
        sheet_id=sheet,
        accepted_thousandths=quantity,
        defect="cracks",
        cure_by=CURE,
        actor=site.owner,
        at=when or at(DAY, 19),
    )


def submit(site, sheet, when=None):
    return commands.submit(sheet_id=sheet, actor=site.leader, at=when or at(DAY, 20))


def measure(site, sheet, quantity):
    return commands.inspect(
        sheet_id=sheet, measured_thousandths=quantity, actor=site.owner, at=at(DAY, 20)
    )


def test_every_inspection_of_every_revision_is_kept(site):
    sheet = site.sheet(DAY, DAY)
    reject(site, sheet)
    submit(site, sheet)
    measure(site, sheet, 9_500)
    accept_part(site, sheet, 8_000)
    submit(site, sheet)
    site.accept(sheet)

    told = [
        (
            i.revision,
            i.result,
            i.measured_thousandths,
            i.accepted_thousandths,
            i.rejected_thousandths,
        )
        for i in Inspection.objects.order_by("pk")
    ]
    assert told == [
        (1, "rejected", None, None, 10_000),
        (2, "measured", 9_500, None, None),
        (2, "partly_accepted", 9_500, 8_000, 1_500),
        (3, "accepted", 9_500, 9_500, None),
    ]
    row = TaskSheet.objects.get(pk=sheet)
    assert (row.state, row.revision, row.version) == ("accepted", 3, 2)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE projects_inspection SET accepted_thousandths = 1",
        "DELETE FROM projects_inspection",
        "TRUNCATE projects_inspection",
    ],
)
def test_postgresql_refuses_to_change_an_inspection(site, sql):
    site.accept(site.sheet(DAY, DAY))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Inspection.objects.get().accepted_thousandths == 10_000


def test_measuring_the_cured_rest_alone_takes_nothing_away(site):
    sheet = site.sheet(DAY, DAY)
    accept_part(site, sheet, 8_000)
    submit(site, sheet)

    with pytest.raises(errors.TooLittle):
        measure(site, sheet, 2_000)
    with pytest.raises(errors.TooLittle):
        accept_part(site, sheet, 2_000)
    assert TaskSheet.objects.get(pk=sheet).accepted_thousandths == 8_000


@pytest.mark.parametrize(
    "what",
    ["accepted_thousandths = 1", "accepted_thousandths = NULL", "accepted_thousandths = 10001"],
)
def test_postgresql_keeps_what_was_accepted_whoever_writes(site, what):
    sheet = site.sheet(DAY, DAY)
    accept_part(site, sheet, 8_000)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE projects_tasksheet SET {what} WHERE id = %s", [sheet])


def test_a_rejection_after_a_part_leaves_the_part(site):
    sheet = site.sheet(DAY, DAY)
    accept_part(site, sheet, 8_000)
    submit(site, sheet)
    row = reject(site, sheet)

    assert (row.state, row.accepted_thousandths, row.rejected_thousandths) == (
        "rejected",
        8_000,
        2_000,
    )


ROUNDS = st.lists(
    st.tuples(st.sampled_from(["part", "reject", "accept", "silence"]), st.integers(1, 12_000)),
    max_size=6,
)
NUMBERS = count()  # each example drafts a sheet beside those of the former


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rounds=ROUNDS)
def test_any_rounds_accept_never_less_than_before_and_never_more_than_there_is(site, rounds):
    sheet = site.sheet(DAY, DAY, number=f"R-{next(NUMBERS)}")
    accepted = [0]
    for verdict, quantity in rounds:
        try:
            if verdict == "part":
                accept_part(site, sheet, quantity)
            elif verdict == "reject":
                reject(site, sheet)
            elif verdict == "accept":
                site.accept(sheet)
            else:
                commands.end_silence(sheet_ids=[sheet], at=at(CURE, 23))
            submit(site, sheet)
        except Refusal:
            pass  # a refusal changes nothing, which the next line sees
        accepted.append(TaskSheet.objects.get(pk=sheet).accepted_thousandths or 0)

    assert accepted == sorted(accepted)
    assert accepted[-1] <= 10_000
    decisions = Inspection.objects.filter(sheet=sheet).order_by("pk")
    said = [i.accepted_thousandths for i in decisions if i.accepted_thousandths is not None]
    assert (said or [0])[-1] == accepted[-1], "the history ends with what stands"
