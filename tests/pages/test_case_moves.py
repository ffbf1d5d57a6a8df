"""A case is carried from its filing past a court on its page alone: each reader finds the next moves
that the machine allows, as forms, and no others."""

import re

import pytest

from jianzhu.kernel import clock
from settlements.disputes import commands, queries
from settlements.disputes.models import CaseClock, Decision, Dispute
from tests.site import DAY, Site, at
from tests.stories import test_case_tracks as tracks

TUESDAY = at(DAY.replace(day=13), 9)


@pytest.fixture
def now(monkeypatch):
    """now(instant): every page is asked at that instant from here on; now.run(site) does what is due
    with the clock going on, as it does for the relay."""
    real = clock.now

    def set_(instant):
        set_.instant = instant
        monkeypatch.setattr(clock, "now", lambda: instant)

    def run(site):
        monkeypatch.setattr(clock, "now", real)
        tracks.run(site)
        set_(set_.instant)

    set_.run = run
    set_(TUESDAY)
    return set_


@pytest.fixture
def case(site, now):
    site.punch(site.li_wei, at(DAY), "in")
    site.accept(site.sheet(DAY, DAY))
    now.run(site)
    (line,) = site.lines(site.li_wei)
    filed = commands.file(
        line_ids=[line.pk], claim="a whole day", actor=site.actor(site.li_wei), at=TUESDAY
    )
    commands.assign(
        dispute_id=filed.pk, user_id=site.arbitrator.user_id, actor=site.operator, at=TUESDAY
    )
    return filed


def forms(page):
    return re.findall(r'action="/cases/\d+/moves/(\w+)"', page.content.decode())


def shown(client, case):
    return forms(client.get(f"/cases/{case.pk}/"))


def move(client, case, verb, **facts):
    answer = client.post(f"/cases/{case.pk}/moves/{verb}", facts)
    assert answer.status_code == 302, answer.content.decode()


def test_from_intake_to_the_money_by_page_alone(site, browse, case, now):
    desk, worker = browse(site.arbitrator.user_id), browse(site.li_wei.user_id)
    company = browse(site.contractor.user_id)
    (line,) = site.lines(site.li_wei)
    worker.post(f"/cases/{case.pk}/escalation", {"to": "arbitration"})
    assert {"accept", "reject", "ask_correction", "suspend"} <= set(shown(desk, case))
    assert not {"serve", "hold", "resume", "court"} & set(shown(desk, case))
    assert shown(worker, case) == shown(company, case) == []

    move(desk, case, "accept", procedure="ordinary", number="7")
    move(desk, case, "serve")
    assert shown(company, case) == ["plead"]
    move(company, case, "plead", words="he left at noon")
    move(desk, case, "suspend", reason="other_case", note="the other crew's")
    assert "resume" in shown(desk, case)
    assert "schedule" not in shown(desk, case)
    move(desk, case, "resume")
    move(desk, case, "schedule", hearing_at="2026-10-30T09:00")
    now(at(DAY.replace(day=30), 12))
    move(desk, case, "hold", absent="")
    move(desk, case, "decide", kind="award", reasons="a witness", **{f"amount-{line.pk}": "380.00"})
    now.run(site)

    found = queries.case_by_id(case.pk)
    assert (found.state, found.reasons, found.number) == ("closed", "a witness", "7")
    assert found.hearing_at == at(DAY.replace(day=30), 9)
    paid = [n.amount_minor for n in site.lines() if n.state == "released"]
    assert paid == [38_000]
    assert shown(worker, case) == ["appeal"]  # a final one: the worker sues, the employer asks
    assert shown(company, case) == ["appeal"]


def test_a_side_goes_to_court_and_what_it_said_is_recorded_by_page(db, bank, browse, now):
    site = Site.build(workers=1, rate=2_000_000).minimum_wage()
    site.punch(site.li_wei, at(DAY, 8), "in")
    now.run(site)
    (line,) = site.lines(site.li_wei)
    case = commands.file(line_ids=[line.pk], claim="so", actor=site.actor(site.li_wei), at=TUESDAY)
    commands.assign(
        dispute_id=case.pk, user_id=site.arbitrator.user_id, actor=site.operator, at=TUESDAY
    )
    desk, company = browse(site.arbitrator.user_id), browse(site.contractor.user_id)
    move(desk, case, "decide", kind="award", reasons="so", **{f"amount-{line.pk}": "20000.00"})
    ruling = Decision.objects.get(dispute=case)

    move(company, case, "appeal", which=f"{ruling.pk}/sue", court="临澜区人民法院")
    assert shown(company, case) == []
    now(at(DAY.replace(day=30), 9))
    move(desk, case, "court", which=f"{ruling.pk}/uphold", words="dismissed")
    now.run(site)

    ruling.refresh_from_db()
    assert ruling.state == "performed"
    assert [n.amount_minor for n in site.lines() if n.state == "released"] == [2_000_000]


def test_a_mediators_proposal_is_made_and_taken_by_page(site, browse, case, now):
    desk = browse(site.arbitrator.user_id)
    (line,) = site.lines(site.li_wei)
    move(desk, case, "mediate")
    move(desk, case, "propose", reasons="half each", **{f"amount-{line.pk}": "200.00"})
    (offer,) = queries.offers(case.pk)

    for user in (site.li_wei.user_id, site.contractor.user_id):
        answer = {"offer": offer.id, "answer": "yes"}
        browse(user).post(f"/cases/{case.pk}/offer-answers", answer)
    now.run(site)

    assert Dispute.objects.get(pk=case.pk).state == "closed"
    assert [n.amount_minor for n in site.lines() if n.state == "released"] == [20_000]


def test_what_is_missing_or_wrong_in_a_form_is_said_and_changes_nothing(site, browse, case):
    desk = browse(site.arbitrator.user_id)
    (line,) = site.lines(site.li_wei)
    for verb, facts in (
        ("terminate", {}),
        ("schedule", {"hearing_at": "tomorrow"}),
        ("extend", {"days": "many", "note": "so"}),
        ("decide", {"kind": "award", "reasons": "so", f"amount-{line.pk}": "much"}),
        ("decide", {"kind": "award", "reasons": "so"}),
        ("court", {"which": "x", "words": "so"}),
        ("suspend", {"reason": "rain"}),
    ):
        answer = desk.post(f"/cases/{case.pk}/moves/{verb}", facts)
        assert answer.status_code in (400, 422), (verb, answer.status_code)
    assert desk.post(f"/cases/{case.pk}/moves/burn", {}).status_code == 404

    assert Dispute.objects.get(pk=case.pk).state == "evidence"
    assert CaseClock.objects.filter(dispute=case, state="paused").count() == 0


def test_who_does_not_have_the_case_finds_no_form_and_moves_nothing(site, browse, case):
    for user in (site.contractor.user_id, site.operator.user_id, site.li_wei.user_id):
        client = browse(user)
        assert "terminate" not in shown(client, case)
        tried = client.post(f"/cases/{case.pk}/moves/terminate", {"reasons": "so"})
        assert tried.status_code == 403

    assert Dispute.objects.get(pk=case.pk).state == "evidence"


def test_the_crews_leader_objects_to_the_ticked_lines_of_members(site, browse, now):
    for worker in site.workers:
        site.work(worker, DAY)
    now.run(site)
    one, other, third = (site.lines(w)[0] for w in site.workers)
    leader = browse(site.leader.user_id)

    page = leader.get("/crew-cases/new/?month=2026-10").content.decode()
    answer = leader.post(
        "/crew-cases/new/",
        {
            "crew": site.crew.pk,
            "month": "2026-10",
            "line": [one.pk, other.pk],
            "claim": "nobody accepts our wall",
        },
    )

    assert all(f'value="{n.pk}"' in page for n in (one, other, third))
    assert "400.00" not in page  # what a colleague earns is nobody's business
    case = Dispute.objects.get()
    assert answer.url == f"/cases/{case.pk}/"
    assert set(case.lines.values_list("line_id", flat=True)) == {one.pk, other.pk}
    assert set(case.parties.filter(side="claimant").values_list("worker_id", flat=True)) == {
        w.pk for w in site.workers[:2]
    }


def test_who_leads_no_crew_files_for_none(site, browse, now):
    client = browse(site.zhang_qiang.user_id)

    assert client.get("/crew-cases/new/").status_code == 404


@pytest.mark.parametrize(
    ("who", "there", "not_there"),
    [
        ("arbitrator", {"/desk/", "/desk/figures", "/cases/"}, {"/payments/", "/me/", "/gates/"}),
        (
            "operator",
            {"/desk/", "/payments/", "/payout-switch/", "/erasures/", "/gates/"},
            {"/me/"},
        ),
        (
            "contractor",
            {"/projects/", "/payments/", "/gates/", "/cases/"},
            {"/desk/", "/erasures/"},
        ),
        ("leader", {"/me/", "/punch/", "/crew-cases/new/", "/roll-call/"}, {"/desk/", "/gates/"}),
    ],
)
def test_the_header_leads_each_to_the_own_pages_and_each_opens(site, browse, who, there, not_there):
    client = browse(getattr(site, who).user_id)

    header = client.get("/verify/").content.decode().partition("</nav>")[0]
    linked = set(re.findall(r'<a href="(/[^"]+)"', header))

    assert there <= linked
    assert not not_there & linked
    assert {path: client.get(path).status_code for path in linked} == dict.fromkeys(linked, 200)


def test_a_part_award_is_offered_before_the_hearing_and_what_is_decided_is_not_asked_again(
    db, bank, browse, now
):
    site = Site.build(workers=1, rate=2_000_000).minimum_wage()
    for on in (DAY, DAY.replace(day=13)):
        site.punch(site.li_wei, at(on, 8), "in")
    now.run(site)
    first, second = (n.pk for n in site.lines(site.li_wei))
    now(at(DAY.replace(day=14), 9))
    claimant = site.actor(site.li_wei)
    case = commands.file(line_ids=[first, second], claim="so", actor=claimant, at=clock.now())
    tracks.in_arbitration(site, case, clock.now())
    desk = browse(site.arbitrator.user_id)
    before = desk.get(f"/cases/{case.pk}/").content.decode()

    move(desk, case, "decide", kind="partial", reasons="so", **{f"amount-{first}": "20000.00"})
    after = desk.get(f"/cases/{case.pk}/").content.decode()

    assert '<option value="award">' not in before
    assert '<option value="partial">' in before
    assert f'name="amount-{first}"' in before
    assert f'name="amount-{first}"' not in after
    assert f'name="amount-{second}"' in after
