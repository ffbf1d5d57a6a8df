"""PostgreSQL keeps what was agreed, accepted and shared out, whoever writes."""

import pytest
from django.db import DatabaseError, connection, transaction

from settlements.milestones import commands
from settlements.milestones.models import MilestonePart
from tests.milestones.conftest import LAST
from tests.site import at


@pytest.fixture
def released(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan(labour=900_000)
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone, 600_000)
    crew.lines()
    return milestone


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE settlements_milestone SET accepted_minor = 900001",
        "UPDATE settlements_milestone SET accepted_minor = 599999",
        "UPDATE settlements_milestone SET labour_minor = 1000000",
        "UPDATE settlements_milestone SET share_rule = 'equal'",
        "UPDATE settlements_milestone SET share_points = '{}', share_version = 7",
        "UPDATE settlements_milestone SET shares_fixed_at = NULL",
        "UPDATE settlements_milestone SET state = 'planned'",
        "DELETE FROM settlements_milestone",
        "UPDATE settlements_milestonepart SET amount_minor = 1",
        "UPDATE settlements_milestonepart SET state = 'due'",
        "UPDATE settlements_milestonepartshare SET amount_minor = 0",
        "DELETE FROM settlements_milestonepartshare",
        "UPDATE settlements_milestoneshare SET weight = 1",
        "UPDATE settlements_milestoneshare SET state = 'asked'",
        "UPDATE settlements_milestoneinspection SET result = 'accepted'",
    ],
)
def test_what_stands_stands_against_hand_written_sql(released, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def _insert_part(kind, amount, shares):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO settlements_milestonepart
                   (milestone_id, number, kind, amount_minor, state, created_at)
               SELECT milestone_id, 99, %s, %s, 'due', created_at
               FROM settlements_milestonepart LIMIT 1 RETURNING id""",
            [kind, amount],
        )
        part = cursor.fetchone()[0]
        for amount_minor in shares:
            cursor.execute(
                """INSERT INTO settlements_milestonepartshare (part_id, worker_id, amount_minor)
                   SELECT %s, min(worker_id), %s FROM settlements_milestoneshare""",
                [part, amount_minor],
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("kind", "amount", "shares"),
    [("work", 1, [1]), ("correction", 5, [4]), ("correction", 5, [])],
    ids=["more than was accepted", "a share lost", "shared out to nobody"],
)
def test_parts_that_do_not_add_up_are_not_committed(released, kind, amount, shares):
    with pytest.raises(DatabaseError):
        _insert_part(kind, amount, shares)
    assert MilestonePart.objects.count() == 1


def test_a_correction_after_release_is_a_signed_difference(released, site):
    correction = commands.propose_correction(
        milestone_id=released.pk,
        amounts={site.li_wei.pk: -7, site.zhang_qiang.pk: 7},
        reason="so",
        reference="B-1",
        actor=site.contractor,
        at=at(LAST, 20),
    )
    commands.agree_correction(correction_id=correction.pk, actor=site.officer, at=at(LAST, 21))

    part = MilestonePart.objects.get(kind="correction")
    assert part.amount_minor == 0
    assert list(part.shares.order_by("worker_id").values_list("amount_minor", flat=True)) == [-7, 7]
