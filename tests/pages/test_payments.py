"""The payments desk: who has to act, files by two people, statements set aside, differences closed."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jianzhu.access.models import Membership, User
from settlements.funding.models import WageAccount
from settlements.ledger.models import Transfer
from settlements.payouts.models import BankStatement, Break, Payout, PayoutBatch, PayoutResolution
from settlements.payouts.rails.files import FileRail
from tests.api.test_payment_files import statement_file
from tests.site import DAY, START, Site, at
from tests.stories.test_payouts import change_payee, earn
from tests.stories.test_silent_bank import darken, silent


def second_operator(site):
    """Another person of the platform."""
    user = User.objects.create(username="second", name="何芳", created_at=at(START))
    organisation = site.operator.grants[0].organisation_id
    Membership.objects.create(
        user=user, organisation_id=organisation, role="operator", valid_from=at(START)
    )
    return user.pk


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_failed_wage_stands_in_the_queue_with_who_acts_until_when_and_what_was_told(
    site, bank, browse
):
    change_payee(worker=site.li_wei, account="99990000000000000101", checker=site.contractor)
    earn(site)

    seen = page(browse(site.operator.user_id), "/payments/")
    own = page(browse(site.li_wei.user_id), "/me/")

    assert "Wages that wait for somebody (1)" in seen
    assert "account_closed" in seen
    assert "name another account of your own" in seen
    assert "the worker <b>1</b>" in seen
    assert "Your wage of 400.00 CNY could not be paid out" in own


def test_a_held_wage_is_sent_again_from_the_desk(site, bank, browse):
    change_payee(worker=site.li_wei, account="99990000000000000106", checker=site.contractor)
    payout = earn(site)
    change_payee(worker=site.li_wei, account="99990000000000007777", checker=site.contractor)

    operator = browse(site.operator.user_id)
    seen = page(operator, "/payments/")
    operator.post(f"/payouts/{payout.pk}/retry")
    site.run()

    assert "1 wages of 400.00 CNY in all wait for you" in seen

    payout.refresh_from_db()
    assert (payout.state, payout.attempt) == ("paid", 2)


def test_a_payment_without_answer_is_ended_on_the_desk_by_two(site, bank, browse):
    darken(bank)
    payout = silent(site, earn(site))
    first, second = browse(site.operator.user_id), browse(second_operator(site))
    form = {"says": "paid", "evidence": "letter 7", "document": "AB" * 32, "entry": ""}

    first.post(f"/payouts/{payout.pk}/resolution", form)
    row = PayoutResolution.objects.get()
    own = first.post(f"/payout-resolutions/{row.pk}/yes")
    seen = page(second, "/payments/")
    bank.read_many = lambda keys: {}
    second.post(f"/payout-resolutions/{row.pk}/yes")

    payout.refresh_from_db()
    assert own.status_code == 403
    assert "letter 7" in seen
    assert payout.state == "paid"


@pytest.fixture
def listed(site, bank, monkeypatch):
    from settlements.payouts import subscribers

    monkeypatch.setattr(subscribers, "rail_named", lambda name: FileRail("minimal-1"))
    for worker in site.workers:
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return PayoutBatch.objects.get()


def test_a_file_goes_to_the_bank_by_two_people_and_its_result_comes_back(site, browse, listed):
    place = f"/payment-files/{listed.pk}"
    maker, checker = browse(site.operator.user_id), browse(site.contractor.user_id)

    maker.post(f"{place}/making")
    refused = maker.post(f"{place}/file")
    offered = page(checker, f"{place}/")
    file = checker.post(f"{place}/file")
    again = checker.post(f"{place}/file")
    rows = list(csv.reader(io.StringIO(file.content.decode())))[1:-1]
    words = [("成功", ""), ("失败", "账户已销户"), ("成功", "")]
    said = "账号,户名,金额,附言,结果,原因\r\n" + "\r\n".join(
        ",".join([*row, *word]) for row, word in zip(rows, words, strict=True)
    )
    maker.post(f"{place}/result", {"file": SimpleUploadedFile("r.csv", said.encode())})
    shown = page(checker, f"{place}/")

    assert refused.status_code == 403
    assert "Hand out the file" in offered
    assert file["Content-Disposition"] == f'attachment; filename="{listed.name}.csv"'
    assert again.content == file.content
    assert "账户已销户" in shown
    assert sorted(Payout.objects.values_list("state", flat=True)) == ["failed", "paid", "paid"]


def test_an_upload_without_a_file_says_so(site, browse, listed):
    answer = browse(site.operator.user_id).post(f"/payment-files/{listed.pk}/result")

    assert answer.status_code == 400
    assert "Choose a file" in answer.content.decode()


def bring(client, site, body):
    account = WageAccount.objects.get(project=site.project)
    form = {"account": account.pk, "file": SimpleUploadedFile("s.xml", body)}
    return client.post("/bank-statements/", form)


def test_a_statement_that_does_not_foot_shows_its_gap_and_what_to_do(site, browse):
    client = browse(site.operator.user_id)
    answer = bring(client, site, statement_file("9999T-1", "0.00", ["1.00"], "1.50"))
    row = BankStatement.objects.get()

    seen = page(client, answer["Location"])

    assert "¥0.50" in seen
    assert "Opening and entries do not come to the closing" in seen
    assert "Ask the bank for the statement again" in seen
    client.post(f"/bank-statements/{row.pk}/dismiss", {"reason": "the bank sends it anew"})
    row.refresh_from_db()
    assert (row.state, row.note) == ("dismissed", "the bank sends it anew")


def test_a_statement_taken_all_the_same_leaves_its_gap_as_a_difference(site, browse):
    client = browse(site.operator.user_id)
    bring(client, site, statement_file("9999T-1", "0.00", [], "0.50"))
    row = BankStatement.objects.get()

    without = client.post(f"/bank-statements/{row.pk}/take", {"reason": ""})
    client.post(f"/bank-statements/{row.pk}/take", {"reason": "confirmed by letter"})

    assert without.status_code == 400
    found = Break.objects.get(detail="statement_gap")
    assert (found.difference_minor, found.state) == (-50, "open")
    close(found, site, browse)


def close(row, site, browse):
    first, second = browse(site.operator.user_id), browse(second_operator(site))
    first.post(f"/breaks/{row.pk}/take")
    first.post(f"/breaks/{row.pk}/explain", {"evidence": "letter 9 of the bank"})
    own = first.post(f"/breaks/{row.pk}/close")
    seen = page(second, f"/breaks/{row.pk}/")
    second.post(f"/breaks/{row.pk}/close")
    row.refresh_from_db()
    assert own.status_code == 403
    assert "letter 9 of the bank" in seen
    assert (row.state, row.evidence) == ("closed", "letter 9 of the bank")
    assert Transfer.objects.get(pk=row.transfer_id).kind == "break"


def test_the_switch_says_who_stopped_and_why_and_two_start_it(site, browse):
    first, second = browse(site.operator.user_id), browse(second_operator(site))

    first.post("/payout-switch/stop", {"reason": "two letters differ"})
    stopped = page(second, "/payout-switch/")
    first.post("/payout-switch/ask")
    own = first.post("/payout-switch/start")
    second.post("/payout-switch/start")

    assert "two letters differ" in stopped
    assert f"Stopped by: {User.objects.get(pk=site.operator.user_id).name}" in stopped
    assert own.status_code == 403
    assert "Payouts leave." in page(first, "/payout-switch/")


@pytest.mark.parametrize(
    "path", ["/payments/", "/payout-switch/", "/breaks/1/", "/bank-statements/1/"]
)
def test_a_worker_sees_none_of_it(site, browse, path):
    assert browse(site.li_wei.user_id).get(path).status_code == 403


def test_another_contractor_sees_no_file_statement_or_difference(site, browse, listed):
    stranger = browse(Site.build(code="T-2").contractor.user_id)
    bring(browse(site.operator.user_id), site, statement_file("9999T-1", "0.00", [], "0.50"))
    row = BankStatement.objects.get()

    assert stranger.get(f"/payment-files/{listed.pk}/").status_code == 404
    assert stranger.post(f"/payment-files/{listed.pk}/making").status_code == 404
    assert stranger.get(f"/bank-statements/{row.pk}/").status_code == 404
    assert bring(stranger, site, statement_file("9999T-1", "0.00", [], "0.10")).status_code == 404
    assert listed.name not in page(stranger, "/payments/")


def test_the_pages_speak_chinese(site, bank, browse):
    change_payee(worker=site.li_wei, account="99990000000000000101", checker=site.contractor)
    earn(site)
    client = browse(site.operator.user_id)
    client.cookies["django_language"] = "zh-hans"

    seen = page(client, "/payments/")

    assert "待处理的工资付款" in seen
    assert "另一个本人账户" in seen
    assert "Wages" not in seen
