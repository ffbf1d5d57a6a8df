"""Payment files, statements, differences and silent banks over the API."""

from __future__ import annotations

import pytest

from settlements.funding.models import WageAccount
from settlements.payouts import views
from settlements.payouts.models import BankStatement, Break, Payout, PayoutBatch
from settlements.payouts.rails.files import FileRail
from tests.api.caller import Caller, refused
from tests.site import DAY

ENTRY = """<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-10-12</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef></Ntry>"""
BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-12</Dt></Dt></Bal>"""


def statement_file(account, opening, amounts, closing):
    """A camt.053 of one statement; negative amounts are debits."""
    entries = "".join(
        ENTRY.format(
            amount=amount.lstrip("-"),
            side="DBIT" if amount.startswith("-") else "CRDT",
            reference=f"E{number}",
        )
        for number, amount in enumerate(amounts, 1)
    )
    balances = BALANCE.format(code="OPBD", amount=opening)
    balances += BALANCE.format(code="CLBD", amount=closing)
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<Stmt><Id>S-1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


@pytest.fixture
def listed(site, monkeypatch):
    from settlements.payouts import subscribers

    monkeypatch.setattr(subscribers, "rail_named", lambda name: FileRail("minimal-1"))
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return PayoutBatch.objects.get()


def test_a_file_is_made_by_one_handed_out_by_another_and_answered(site, listed):
    maker, checker = Caller(site.operator), Caller(site.contractor)
    place = f"payout-batches/{listed.pk}"

    made = maker.post(f"{place}/making").json()
    own = maker.post(f"{place}/file")
    file = checker.post(f"{place}/file")
    row = file.content.decode().splitlines()[1]
    body = f"账号,户名,金额,附言,结果,原因\r\n{row},成功,\r\n".encode()
    answered = maker.picture(f"{place}/result", body, "application/octet-stream")

    assert (made["state"], made["total"], len(made["digest"])) == ("made", "400.00", 64)
    assert own.status_code == 403
    assert (file.status_code, file["Cache-Control"]) == (200, "no-store")
    assert answered.status_code == 201
    assert [n["status"] for n in answered.json()["lines"]] == ["paid"]
    assert Payout.objects.get().state == "paid"


def test_no_answer_that_names_accounts_is_kept(site, listed):
    from jianzhu.web.models import IdempotentAnswer

    Caller(site.operator).post(f"payout-batches/{listed.pk}/making")
    file = Caller(site.contractor).post(f"payout-batches/{listed.pk}/file", key="k-1")

    account = file.content.decode().splitlines()[1].split(",")[0]
    kept = b"".join(bytes(a.answer) for a in IdempotentAnswer.objects.all())
    assert account.startswith("9999")
    assert account.encode() not in kept


def bring(caller, site, body):
    account = WageAccount.objects.get(project=site.project)
    path = f"brought-statements?wage_account_id={account.pk}"
    return caller.picture(path, body, "application/xml")


def test_a_brought_statement_that_does_not_foot_is_parked_with_its_gap(site):
    caller = Caller(site.contractor)

    answer = bring(caller, site, statement_file("9999T-1", "0.00", ["5.00"], "5.01"))

    (row,) = answer.json()["items"]
    assert answer.status_code == 201
    assert (row["state"], row["gap"], row["reasons"]) == ("parked", "0.01", ["does_not_foot"])
    assert Break.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b" ", b"<a/>", b"\xff\xfe", statement_file("other", "0", [], "0")]
)
def test_what_is_no_statement_of_the_account_is_refused_and_nothing_kept(site, body):
    answer = bring(Caller(site.operator), site, body)

    assert refused(answer, 422, "wrong_result")
    assert BankStatement.objects.count() == 0


def test_a_statement_without_its_account_is_refused(site):
    answer = Caller(site.operator).picture("brought-statements", b"<a/>", "application/xml")

    assert answer.status_code == 400


def test_a_difference_is_taken_explained_sent_back_and_closed_by_another(site):
    account = WageAccount.objects.get(project=site.project)
    row = Break.objects.create(
        wage_account=account,
        kind="only_at_bank",
        key="entry:X-1",
        difference_minor=100,
        opened_at="2026-10-12T00:00Z",
        act_by="2026-10-13T00:00Z",
    )
    first, place = Caller(site.operator), f"breaks/{row.pk}"

    taken = first.post(f"{place}/taking").json()
    explained = first.post(f"{place}/explanation", {"evidence": "letter 1"}).json()
    back = first.post(f"{place}/return").json()
    first.post(f"{place}/explanation", {"evidence": "letter 2"})
    own = first.post(f"{place}/closing")

    assert taken["taken_by"] == str(site.operator)
    assert (explained["state"], back["state"], back["evidence"]) == ("explained", "open", "")
    assert own.status_code == 403
    row.refresh_from_db()
    assert row.state == "explained"


def test_the_queue_is_narrowed_by_who_has_to_act(site, call):
    Payout.objects.create(
        worker=site.li_wei, project=site.project, amount_minor=1, currency="CNY",
        state="held", code="no_payee", owner="worker", created_at="2026-10-12T00:00Z",
    )  # fmt: skip

    caller = Caller(site.operator)
    mine = caller.get("payouts?owner=operator").json()["items"]
    theirs = caller.get("payouts?owner=worker&state=held").json()["items"]

    assert mine == []
    assert [p["code"] for p in theirs] == ["no_payee"]


class Provider:
    """Stands where the provider's client is; opens one account."""

    def open_account(self, *, key, country, memo):
        self.opened = (key, country, memo)
        return "acct_1"

    def onboarding_link(self, *, account, key, back, again):
        return f"https://connect.example/{account}"


def test_a_worker_gets_the_address_of_the_providers_form(site, monkeypatch):
    provider = Provider()
    monkeypatch.setattr(views, "stripe_client", lambda: provider)
    worker = Caller(site.actor(site.li_wei))
    body = {"worker_id": site.li_wei.pk, "country": "US"}

    first = worker.post("payee-onboardings", body)
    colleague = worker.post("payee-onboardings", {**body, "worker_id": site.zhang_qiang.pk})

    assert (first.status_code, first.json()) == (201, {"url": "https://connect.example/acct_1"})
    assert provider.opened[1] == "US"
    assert colleague.status_code == 404


def test_every_rail_that_an_account_may_name_exists():
    from settlements.funding.serializers import RAILS
    from settlements.payouts.batches import PAIN
    from settlements.payouts.files.lists import profiles
    from settlements.payouts.rails import RAILS as BUILT

    assert set(RAILS) == set(BUILT) | {f"file:{name}" for name in (*profiles(), PAIN)}
