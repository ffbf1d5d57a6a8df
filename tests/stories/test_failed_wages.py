"""A wage that did not arrive: the worker is told what to do, somebody has to act, and it goes out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from jianzhu.access import policy
from jianzhu.access.models import User
from jianzhu.audit.models import AuditEvent
from jianzhu.kernel import clock
from jianzhu.notices import queries as notices
from jianzhu.notices.models import Notice
from settlements.funding.models import WageAccount
from settlements.payouts import acting, reconciliation
from settlements.payouts.models import Payout
from settlements.payouts.rules import ESCALATION_CLOCK, RETRY_AFTER
from tests.site import DAY
from tests.stories.test_payouts import change_payee, earn, make_due


def told(site, worker, language="zh-hans"):
    """What the worker's page shows, newest first."""
    with override(language):
        mine = policy.whose(site.actor(worker), "notice", "read")
        return [n.text for n in notices.notices(mine, 50)]


def told_role(role):
    return list(Notice.objects.filter(role=role).order_by("pk").values_list("code", flat=True))


def test_a_refused_wage_is_told_in_the_workers_language_with_what_to_do_next(site, bank, capsys):
    User.objects.filter(pk=site.zhang_qiang.user_id).update(language="en")
    for worker in (site.li_wei, site.zhang_qiang):
        account = f"9999000000000000{worker.pk % 10:02d}0101"[-20:]
        change_payee(worker=worker, account=account, checker=site.contractor)
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()

    (chinese,) = [t for t in told(site, site.li_wei) if "400.00" in t]
    (english,) = [t for t in told(site, site.li_wei, "en") if "400.00" in t]
    messages = [m for m in capsys.readouterr().out.splitlines() if "400.00" in m]
    assert chinese.startswith("您的工资 400.00 CNY 未能付出，仍然欠着您。")
    assert "另一个本人账户" in chinese
    assert "it is still owed to you. " in english
    assert "name another account of your own" in english
    # By text message too, to each in the own language.
    assert sorted("name another account" in m for m in messages) == [False, True]


def test_a_returned_wage_is_told_and_goes_out_again_to_a_corrected_account(site, bank):
    change_payee(worker=site.li_wei, account="99990000000000000401", checker=site.contractor)
    payout = earn(site)
    account = WageAccount.objects.get(project=site.project)
    reconciliation.reconcile(account, bank, at=clock.now())
    bank.books.pass_days(3)
    reconciliation.reconcile(account, bank, at=clock.now())
    payout.refresh_from_db()
    back = (payout.state, payout.owner, payout.attempt)

    change_payee(worker=site.li_wei, account="99990000000000007777", checker=site.contractor)
    site.run()

    payout.refresh_from_db()
    assert back == ("returned", "worker", 1)
    assert (payout.state, payout.attempt, payout.owner) == ("paid", 2, "")
    arrived, returned = [t for t in told(site, site.li_wei, "en") if "400.00" in t]
    assert "came back from the bank" in returned
    assert arrived.endswith("the account ending in 7777.")


def test_what_the_bank_tries_again_by_itself_is_no_news(site, bank):
    change_payee(worker=site.li_wei, account="99990000000000000105", checker=site.contractor)

    payout = earn(site)

    assert (payout.state, payout.owner) == ("failed", "system")
    assert [t for t in told(site, site.li_wei, "en") if "400.00" in t] == []


def test_a_bank_that_never_can_is_tried_again_slower_each_time_until_a_person_asks_it(site, bank):
    change_payee(worker=site.li_wei, account="99990000000000000105", checker=site.contractor)
    payout = earn(site)
    tries = [(payout.state, payout.attempt)]
    for _ in RETRY_AFTER:
        make_due()
        site.run()
        payout.refresh_from_db()
        tries.append((payout.state, payout.attempt))

    assert tries == [("failed", 1), ("failed", 2), ("failed", 3), ("failed", 4), ("held", 5)]
    assert sorted(RETRY_AFTER) == list(RETRY_AFTER)
    assert (payout.owner, payout.code) == ("operator", "could_not_process")


def test_a_clock_that_nobody_met_hands_the_wage_to_the_next_in_line(site, bank):
    change_payee(worker=site.li_wei, account="99990000000000000101", checker=site.contractor)
    payout = earn(site)
    worker_acts_by = payout.act_by

    early = acting.escalate(payout_ids=[payout.pk], at=worker_acts_by - timedelta(seconds=1))
    line = [(payout.owner, payout.escalated)]
    for _ in range(3):
        payout.refresh_from_db()
        assert acting.escalate(payout_ids=[payout.pk], at=payout.act_by) == 1
        assert acting.escalate(payout_ids=[payout.pk], at=payout.act_by) == 0, "told once"
        payout.refresh_from_db()
        line.append((payout.owner, payout.escalated))

    assert early == 0
    assert line == [("worker", 0), ("general_contractor", 1), ("operator", 2), ("operator", 3)]
    assert payout.act_by == worker_acts_by + 3 * ESCALATION_CLOCK
    assert told_role("general_contractor").count("payout_overdue") == 1
    assert told_role("operator").count("payout_overdue") == 2
    assert AuditEvent.objects.filter(verb="payout.escalate", subject_id=payout.pk).count() == 3


def test_the_clock_is_a_row_that_runs_out_by_itself_and_stops_with_the_wage(
    site, bank, monkeypatch
):
    change_payee(worker=site.li_wei, account="99990000000000000106", checker=site.contractor)
    payout = earn(site)
    later = payout.act_by + timedelta(seconds=1)
    make_due()
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        site.run()
        payout.refresh_from_db()
        assert (payout.state, payout.owner, payout.escalated) == ("held", "operator", 1)

    change_payee(worker=site.li_wei, account="99990000000000007777", checker=site.contractor)
    from settlements.payouts import commands

    commands.retry(payout_ids=[payout.pk], actor=site.operator, at=clock.now())
    site.run()

    payout.refresh_from_db()
    assert (payout.state, payout.owner, payout.act_by, payout.escalated) == ("paid", "", None, 0)
    assert acting.escalate(payout_ids=[payout.pk], at=later + timedelta(days=30)) == 0


def test_all_who_wait_for_the_same_are_one_notice(site, bank):
    WageAccount.objects.filter(project=site.project).update(state="active")
    for worker in site.workers:
        account = f"99990000000{worker.pk % 100000:05d}0106"
        change_payee(worker=worker, account=account, checker=site.contractor)
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()

    row = Notice.objects.get(role="operator", code="payout_to_act")
    with override("en"):
        text = notices.text_of(row.code, row.facts)
    assert Payout.objects.filter(state="held").count() == len(site.workers)
    assert text.startswith(f"{len(site.workers)} wages of 1200.00 CNY in all")


@pytest.mark.parametrize("owner", ["worker", "system", "general_contractor", "operator"])
def test_every_line_of_who_acts_ends_with_the_operator(owner):
    from settlements.payouts.rules import NEXT_OWNER

    seen = [owner]
    while seen[-1] in NEXT_OWNER:
        seen.append(NEXT_OWNER[seen[-1]])
        assert len(seen) < 5
    assert seen[-1] == "operator"
