"""A bank that takes files: two people, one file that is never made again, and a result line by line."""

from __future__ import annotations

import csv

import pytest

from jianzhu.access.actor import SYSTEM, Actor, Grant
from jianzhu.kernel import clock
from jianzhu.kernel.errors import SameHand, WrongState
from settlements.funding.models import WageAccount
from settlements.payouts import batches, commands
from settlements.payouts.models import Payout, PayoutBatch
from settlements.payouts.rails.files import FileRail
from tests.site import DAY


@pytest.fixture
def listed(site, bank, monkeypatch):
    """Three wages in the open file of the site's account."""
    from settlements.payouts import subscribers

    monkeypatch.setattr(subscribers, "rail_named", lambda name: FileRail("minimal-1"))
    for worker in site.workers:
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return PayoutBatch.objects.get()


def second(site):
    return Actor("user", site.contractor.user_id, grants=(Grant("operator", 1, None),))


def handed_out(site, batch):
    batches.make(batch_id=batch.pk, actor=site.operator, at=clock.now())
    return batches.release(batch_id=batch.pk, actor=second(site), at=clock.now())


def result(body, words):
    rows = list(csv.reader(body.decode().splitlines()))[1:-1]
    lines = ["账号,户名,金额,附言,结果,原因"]
    lines += [",".join([*row, *word]) for row, word in zip(rows, words, strict=True)]
    return "\r\n".join(lines).encode()


def test_wages_wait_in_one_file_until_two_people_hand_it_out(site, listed):
    assert listed.lines.count() == 3
    assert set(Payout.objects.values_list("state", flat=True)) == {"sent"}

    batches.make(batch_id=listed.pk, actor=site.operator, at=clock.now())
    with pytest.raises(SameHand):
        batches.release(batch_id=listed.pk, actor=site.operator, at=clock.now())
    with pytest.raises(WrongState):
        batches.make(batch_id=listed.pk, actor=site.operator, at=clock.now())


def test_a_file_that_is_out_is_the_same_bytes_and_its_lines_are_unknown(site, listed):
    body = handed_out(site, listed)

    assert batches.release(batch_id=listed.pk, actor=second(site), at=clock.now()) == body
    keys = list(listed.lines.values_list("key", flat=True))
    assert {o.status for o in batches.outcomes(keys).values()} == {"unknown"}
    commands.record_outcomes(outcomes=batches.outcomes(keys), asked=9, at=clock.now())
    assert (
        commands.retry(
            payout_ids=Payout.objects.values_list("pk", flat=True), actor=SYSTEM, at=clock.now()
        )
        == []
    )


def test_the_result_settles_line_by_line_and_what_the_bank_refused_is_owed_again(site, listed):
    body = handed_out(site, listed)

    batches.answer(
        batch_id=listed.pk,
        body=result(body, [("成功", ""), ("失败", "账户已销户"), ("处理中", "")]),
        actor=site.operator,
        at=clock.now(),
    )

    states = list(Payout.objects.order_by("pk").values_list("state", "owner"))
    assert states == [("paid", ""), ("failed", "worker"), ("sent", "")]
    listed.refresh_from_db()
    assert listed.state == "answered"


def test_a_result_with_another_amount_marks_nothing(site, listed):
    body = handed_out(site, listed).replace(b"400.00", b"400.01")

    with pytest.raises(batches.WrongResult):
        batches.answer(
            batch_id=listed.pk,
            body=result(body, [("成功", "")] * 3),
            actor=site.operator,
            at=clock.now(),
        )
    assert set(Payout.objects.values_list("state", flat=True)) == {"sent"}
    assert WageAccount.objects.count() == 1
