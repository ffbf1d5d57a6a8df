"""After the retention time two people destroy a person's key; nothing personal is left, and every
proof still holds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from jianzhu.access.actor import Actor, Grant
from jianzhu.access.models import Membership, User
from jianzhu.audit import commands as audit
from jianzhu.audit import queries, rebuild
from jianzhu.audit.models import AuditEvent
from jianzhu.kernel import clock
from jianzhu.kernel.errors import NotFound, SameHand
from jianzhu.kernel.vault import CannotOpen, unseal
from projects.sites.models import Project
from settlements.disputes import commands as disputes
from settlements.evidence import erasure, receipts, retention
from settlements.evidence.documents import public_keys
from settlements.evidence.errors import NotErasable, StillOwed
from settlements.evidence.models import Erasure
from settlements.evidence.verifier import verify_document
from settlements.payouts.models import Payout
from tests.api.caller import Caller
from tests.site import DAY, START, at
from workers_app.people import queries as people
from workers_app.people.models import PayeeAccount, Worker

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def second(site):
    """Another operator."""
    grant = site.operator.grants[0]
    user = User.objects.create(username="operator-2", name="second", created_at=at(START))
    Membership.objects.create(
        user=user, organisation_id=grant.organisation_id, role="operator", valid_from=at(START)
    )
    return Actor("user", user_id=user.pk, grants=(Grant("operator", grant.organisation_id, None),))


@pytest.fixture
def settled(site):
    """The case is over, everything was paid, the works are complete."""
    disputes.decide(
        dispute_id=site.case.pk,
        awards={line.line_id: 0 for line in site.case.lines.all()},
        reasons="nothing was worked",
        actor=site.arbitrator,
        at=at(DAY, 21),
    )
    for payout in Payout.objects.exclude(state="paid"):
        pay(payout)
    project = Project.objects.get(pk=site.project.pk)
    project.complete()
    project.save()
    return site


@pytest.fixture
def at_last(monkeypatch):
    """Three years later."""
    monkeypatch.setattr(clock, "now", lambda: LATER)


def pay(payout):
    """However the bank answered before, in the end the money went out."""
    if payout.state in ("failed", "returned", "held"):
        payout.retry()
        payout.save()
    if payout.state == "ready":
        payout.send(payee_id=PayeeAccount.objects.get(worker=payout.worker).pk, at=at(DAY, 22))
        payout.save()
    payout.confirm(reference=f"R-{payout.pk}", at=at(DAY, 22))
    payout.save()


def ask(site, when=LATER):
    return erasure.ask(
        worker_id=site.li_wei.pk, reason="time is over", actor=site.operator, at=when
    )


def test_two_people_destroy_the_key_and_every_proof_still_holds(settled, second):
    site, worker = settled, settled.li_wei
    payee = PayeeAccount.objects.get(worker=worker)
    before = receipt(site)

    asked = ask(site)
    erasure.confirm(erasure_id=asked.pk, actor=second, at=LATER)

    gone = Worker.objects.get(pk=worker.pk)
    assert bytes(gone.person_key) == b""
    with pytest.raises(CannotOpen):
        unseal(
            person_key=bytes(gone.person_key),
            sealed=bytes(payee.account_sealed),
            place=f"payee_account.account:{payee.pk}",
        )
    audit.seal(at=LATER)
    assert queries.verify().faults == ()
    assert list(rebuild.differences()) == []
    log = public_keys()["log"]
    assert verify_document(before, log).faults == []
    assert verify_document(receipt(site), log).faults == []
    assert not User.objects.get(pk=gone.user_id).is_active


def receipt(site):
    payout = Payout.objects.filter(worker=site.li_wei).first()
    return receipts.of_payout(Q(), payout.pk, at=LATER)


def test_nothing_personal_is_left_in_any_table(settled, second):
    name, tail = settled.li_wei.name, settled.li_wei.id_number_tail
    erasure.confirm(erasure_id=ask(settled).pk, actor=second, at=LATER)

    gone = Worker.objects.get(pk=settled.li_wei.pk)
    assert (gone.name, gone.id_number_tail, gone.phone_tail) == ("", "", "")
    assert tail != ""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')
               AND c.relnamespace = current_schema()::regnamespace"""
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{name}%"])
            assert cursor.fetchone()[0] == 0, table


def test_the_log_never_held_anything_personal(settled):
    said = " ".join(str(e.data) for e in AuditEvent.objects.all())

    for worker in settled.workers:
        assert worker.name not in said


def test_nobody_erases_alone(settled):
    asked = ask(settled)

    with pytest.raises(SameHand):
        erasure.confirm(erasure_id=asked.pk, actor=settled.operator, at=LATER)

    assert bytes(Worker.objects.get(pk=settled.li_wei.pk).person_key) != b""


def test_nothing_is_erased_before_its_time(settled):
    paid = max(p.settled_at for p in Payout.objects.filter(worker=settled.li_wei))
    completed = rebuild.state_since("projects_project", settled.project.pk, "completed")
    last = max(paid, completed)
    over = last.replace(year=last.year + 3)

    with pytest.raises(NotErasable):
        ask(settled, over - timedelta(seconds=1))

    assert ask(settled, over).state == "asked"


def test_nothing_is_erased_while_something_is_open(site):
    with pytest.raises(StillOwed):
        ask(site)


def test_who_may_not_see_everybody_asks_for_nobody_else(settled):
    with pytest.raises(NotFound):
        erasure.ask(
            worker_id=settled.zhang_qiang.pk,
            reason="so",
            actor=settled.actor(settled.li_wei),
            at=LATER,
        )


def test_a_worker_asks_and_an_operator_destroys_the_key_on_the_page(settled, browse, at_last):
    worker = settled.li_wei
    own, office = browse(worker.user_id), browse(settled.operator.user_id)

    shown = own.get("/erasures/").content.decode()
    own.post("/erasures/asked", {"worker": worker.pk, "reason": "I left"})
    asked = Erasure.objects.get(worker=worker)
    seen = office.get("/erasures/").content.decode()
    unsure = office.post(f"/erasures/{asked.pk}/yes", {})
    office.post(f"/erasures/{asked.pk}/yes", {"sure": "yes"})

    assert "Ask for erasure" in shown
    assert "I left" in seen
    assert unsure.status_code == 400
    assert bytes(Worker.objects.get(pk=worker.pk).person_key) == b""
    assert worker.name not in office.get("/erasures/").content.decode()


def test_the_page_names_whose_time_is_over_and_nobody_before(settled, browse, monkeypatch):
    office = browse(settled.operator.user_id)
    names = [w.name for w in settled.workers]

    early = office.get("/erasures/").content.decode()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    late = office.get("/erasures/").content.decode()

    assert [name in early for name in names] == [False, False]
    assert [name in late for name in names] == [True, False]  # his other day still waits


def test_a_worker_reads_until_when_the_own_data_are_kept(settled, browse):
    over = timezone.localtime(retention.kept_until(settled.li_wei.pk))

    shown = browse(settled.li_wei.user_id).get("/erasures/").content.decode()

    assert f"until {over:%Y-%m-%d}" in shown
    assert "Whose time is over" not in shown


def test_the_api_asks_refuses_and_needs_a_second_person(settled, second, monkeypatch):
    monkeypatch.setattr("tests.api.caller.EVENING", LATER)
    first, other = Caller(settled.operator), Caller(second)

    asked = first.post("erasures", {"worker_id": settled.li_wei.pk, "reason": "time is over"})
    alone = first.post(f"erasures/{asked.json()['id']}/confirmation")
    refused = other.post(f"erasures/{asked.json()['id']}/refusal", {"answer": "a court asked"})
    again = first.post("erasures", {"worker_id": settled.li_wei.pk, "reason": "the court is done"})
    done = other.post(f"erasures/{again.json()['id']}/confirmation")

    assert (asked.status_code, alone.status_code) == (201, 403)
    assert (refused.json()["state"], refused.json()["answer"]) == ("refused", "a court asked")
    assert done.json()["state"] == "done"
    assert bytes(Worker.objects.get(pk=settled.li_wei.pk).person_key) == b""


def test_own_words_in_the_log_are_read_with_the_persons_key_alone(settled, second):
    event = AuditEvent.objects.get(verb="dispute.file")
    place = f"dispute.claim:{settled.case.pk}"
    said = event.data["claim_sealed"]
    before = people.opened(settled.li_wei.pk, said, place)

    erasure.confirm(erasure_id=ask(settled).pk, actor=second, at=LATER)

    assert before == "我上了一整天"
    assert before not in str(event.data)
    with pytest.raises(CannotOpen):
        people.opened(settled.li_wei.pk, said, place)


def test_the_command_needs_two_operators(settled, second, monkeypatch, capsys):
    monkeypatch.setattr(clock, "now", lambda: LATER)
    first = User.objects.get(pk=settled.operator.user_id).username

    call_command("erase_person", "ask", settled.li_wei.pk, by=first, reason="time is over")
    ident = int(capsys.readouterr().out.split()[1])
    with pytest.raises(CommandError):
        call_command("erase_person", "confirm", ident, by=first)
    call_command("erase_person", "confirm", ident, by="operator-2")

    assert "done" in capsys.readouterr().out
