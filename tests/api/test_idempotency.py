"""Asking twice is asking once."""

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from settlements.funding.models import Deposit
from tests import database
from tests.api.caller import Caller, refused
from tests.api.test_acceptance import drafted
from tests.api.test_funding import paid_in
from tests.site import Site


@pytest.mark.parametrize("key", ["", "k" * 65, "ключ"], ids=["missing", "too long", "not ASCII"])
def test_a_write_without_a_key_of_its_own_does_nothing(site, call, key):
    answer = call(site.owner).post("deposits", paid_in(site), key=key)

    assert refused(answer, 400, "idempotency_key_missing")
    assert not Deposit.objects.filter(reference="BANK-77").exists()


def test_the_same_request_again_gets_the_same_answer(site, call):
    leader = call(site.leader)
    first = leader.post("task-sheets", drafted(site), key="once")

    again = leader.post("task-sheets", drafted(site), key="once")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


def test_a_move_again_under_its_key_is_no_second_move(site, call):
    leader = call(site.leader)
    pk = leader.post("task-sheets", drafted(site)).json()["id"]
    first = leader.post(f"task-sheets/{pk}/submission", key="once")

    again = leader.post(f"task-sheets/{pk}/submission", key="once")
    other = leader.post(f"task-sheets/{pk}/submission", key="another")

    assert again.content == first.content
    assert refused(other, 409, "wrong_state")


def test_a_key_is_not_taken_for_another_body_or_path(site, call):
    leader = call(site.leader)
    leader.post("task-sheets", drafted(site), key="once")

    body = leader.post("task-sheets", drafted(site, number="TS-2"), key="once")
    path = leader.post("task-sheets/1/submission", drafted(site), key="once")

    assert refused(body, 422, "idempotency_key_reused")
    assert refused(path, 422, "idempotency_key_reused")


def test_two_people_may_choose_the_same_key(site, call):
    call(site.owner).post("deposits", paid_in(site), key="once")

    answer = call(site.contractor).post("deposits", paid_in(site, reference="BANK-78"), key="once")

    assert answer.status_code == 201
    assert answer.json()["reference"] == "BANK-78"


def test_a_method_that_is_none_is_said_to_be_none(site, call):
    answer = call(site.owner).send("PUT", "deposits", {}, {"Idempotency-Key": "k"})

    assert refused(answer, 405, "method_not_allowed")


def test_a_kept_refusal_is_still_a_problem_document(site, call):
    first = call(site.owner).post("deposits", paid_in(site, amount="no"), key="once")

    again = call(site.owner).post("deposits", paid_in(site, amount="no"), key="once")

    assert refused(first, 400, "invalid")
    assert refused(again, 400, "invalid")
    assert again.content == first.content


def test_a_lost_answer_to_commit_is_no_second_write(transactional_db, monkeypatch):
    """C7: the database committed and nobody heard of it; the caller asks again under the same key."""
    site = Site.build(workers=1)
    owner = Caller(site.owner)
    lose = iter([True])
    honest = BaseDatabaseWrapper._commit

    def commit(self):
        honest(self)
        if connection.in_atomic_block is False and next(lose, False):
            self.connection.close()
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", commit)
    lost = owner.post("deposits", paid_in(site), key="once")
    again = owner.post("deposits", paid_in(site), key="once")

    assert lost.status_code >= 500
    assert again.status_code == 201
    assert again["Idempotent-Replayed"] == "true"
    assert Deposit.objects.filter(reference="BANK-77").count() == 1


def test_who_asks_while_the_first_is_at_work_is_told_so_at_once(transactional_db):
    site = Site.build(workers=1)
    name = f"idempotency:{site.owner.user_id}:once"
    with psycopg.connect(database.url()) as first:
        first.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

        answer = Caller(site.owner).post("deposits", paid_in(site), key="once")

    assert refused(answer, 409, "in_progress")
    assert not Deposit.objects.filter(reference="BANK-77").exists()
