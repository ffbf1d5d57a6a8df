"""What was said of a case in own words goes with its person: no table and no log has it, and every
proof still holds."""

from datetime import timedelta

import pytest
from django.db import connection

from jianzhu.audit import commands as audit
from jianzhu.audit import queries as log
from jianzhu.audit import rebuild
from projects.sites.models import Project
from settlements.disputes import commands as disputes
from settlements.disputes import queries
from settlements.disputes.models import Proposal
from settlements.evidence import erasure, retention
from settlements.evidence.documents import public_keys
from settlements.evidence.errors import StillOwed
from settlements.evidence.verifier import verify_document
from settlements.payouts.models import Payout
from tests.api.caller import Caller
from tests.evidence.test_erasure import LATER, ask, pay, receipt, second  # noqa: F401
from tests.site import DAY, at

# Nothing else in the database can look like it.
MARK = "七月那面墙"


def conduct(site, verb, **facts):
    disputes.conduct(
        dispute_id=site.case.pk, verb=verb, facts=facts, actor=site.arbitrator, at=at(DAY, 20)
    )


@pytest.fixture
def said(site):
    """Everything that takes free text has been told the mark, over the API where it answers."""
    worker, line = Caller(site.actor(site.li_wei)), site.case.lines.get()
    path = f"disputes/{site.case.pk}"
    assert worker.post(f"{path}/withdrawal").status_code == 201
    body = {"line_ids": [line.line_id], "claim": f"claim {MARK}"}
    site.case = queries.Dispute.objects.get(pk=worker.post("disputes", body).json()["id"])
    path = f"disputes/{site.case.pk}"
    Caller(site.operator).post(f"{path}/assignment", {"user_id": site.arbitrator.user_id})
    about = {"line": line.line_id, "element": "attendance", "words": f"word {MARK}"}
    assert worker.post(f"{path}/sayings", {**about, "stance": "claims"}).status_code == 201
    gc = Caller(site.contractor)
    assert gc.post(f"{path}/sayings", {**about, "stance": "denies"}).status_code == 201
    amounts = {line.line_id: 30_000}
    conduct(site, "propose", amounts=amounts, reasons=f"proposal {MARK}")
    offer = Proposal.objects.get(dispute=site.case, state="offered")
    gc.post(f"{path}/offer-answers", {"offer": offer.pk, "yes": False})
    worker.post(f"{path}/escalation", {"to": "arbitration"})
    conduct(site, "accept", procedure="ordinary")
    conduct(site, "serve")
    assert gc.post(f"{path}/plea", {"words": f"plea {MARK}"}).status_code == 201
    conduct(site, "suspend", reason="other_case", note=f"note {MARK}")
    conduct(site, "resume")
    conduct(site, "extend", days=3, note=f"approval {MARK}")
    conduct(site, "schedule", hearing_at=at(DAY.replace(day=30), 9))
    conduct(site, "hold")
    awards = [{"line": line.line_id, "amount": "0.00"}]
    body = {"awards": awards, "reasons": f"reasons {MARK}"}
    assert Caller(site.arbitrator).post(f"{path}/rulings", body).status_code == 201
    disputes.issue_drafts(dispute_id=site.case.pk, actor=site.arbitrator, at=at(DAY, 21))
    return site


def holds(mark):
    """Tables any row of which holds the text, whatever the column; texts inside bytes too."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')
               AND c.relnamespace = current_schema()::regnamespace"""
        )
        likes = [
            f"%{mark}%",
            f"%{mark.encode('unicode_escape').decode()}%",
            f"%{mark.encode().hex()}%",
        ]
        likes[1] = likes[1].replace("\\", "\\\\")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE ANY (%s)", [likes])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_after_erasure_no_table_and_no_log_has_what_was_said_and_all_proofs_hold(said, second):  # noqa: F811
    site = said
    (case,) = queries.cases(queries.Q(pk=site.case.pk))
    record = queries.record(case.id, only_worker=None)
    assert (case.claim, case.reasons) == (f"claim {MARK}", f"reasons {MARK}")
    words = [*(e.respondent for e in record.elements), *(o.reasons for o in record.offers)]
    words += [*(s.note for s in record.suspensions), *(d.reasons for d in record.decisions)]
    assert {w for w in words if MARK in w} == {
        f"{what} {MARK}" for what in ("word", "proposal", "note", "reasons")
    }
    # What callers were answered is kept for a while, so that asking twice is asking once.
    assert holds(MARK) == ["jianzhu_idempotentanswer"]
    for payout in Payout.objects.exclude(state="paid"):
        pay(payout)
    project = Project.objects.get(pk=site.project.pk)
    project.complete()
    project.save()
    before = receipt(site)

    erasure.confirm(erasure_id=ask(site).pk, actor=second, at=LATER)

    assert holds(MARK) == []
    assert MARK not in str(queries.cases(queries.Q(pk=site.case.pk)))
    audit.seal(at=LATER)
    assert log.verify().faults == ()
    assert list(rebuild.differences()) == []
    assert verify_document(before, public_keys()["log"]).faults == []


def test_why_somebody_asked_for_erasure_is_erased_too(said, second):  # noqa: F811
    for payout in Payout.objects.exclude(state="paid"):
        pay(payout)
    project = Project.objects.get(pk=said.project.pk)
    project.complete()
    project.save()
    asked = erasure.ask(
        worker_id=said.li_wei.pk, reason=f"why {MARK}", actor=said.operator, at=LATER
    )
    erasure.refuse(erasure_id=asked.pk, answer=f"no {MARK}", actor=second, at=LATER)

    erasure.confirm(erasure_id=ask(said).pk, actor=second, at=LATER)

    assert holds(MARK) == []


def test_who_is_one_of_a_crews_case_keeps_the_records_until_it_has_ended(site):
    disputes.withdraw(dispute_id=site.case.pk, actor=site.actor(site.li_wei), at=at(DAY, 20))
    disputes.file_for_crew(
        crew_id=site.crew.pk,
        work_from=DAY.replace(day=9),
        work_to=DAY,
        claim="so",
        actor=site.leader,
        at=at(DAY, 20),
    )
    member = next(w for w in site.workers if w.pk != site.li_wei.pk)

    with pytest.raises(StillOwed):
        retention.refuse_early(member.pk, LATER + timedelta(days=1))
