"""The stages of a case over the API: what each call does to the case, its clocks and the money."""

import pytest

from settlements.disputes.models import Decision, Proposal
from tests.api.caller import refused
from tests.site import DAY, at

LINE = "临澜区人民法院"


@pytest.fixture
def line(site):
    """Li Wei came, and no terminal saw him leave; the crew's work is accepted."""
    site.punch(site.li_wei, at(DAY), "in")
    site.accept(site.sheet(DAY, DAY))
    site.run()
    (line,) = site.lines(site.li_wei)
    return line


@pytest.fixture
def path(site, call, line):
    body = {"line_ids": [line.pk], "claim": "a whole day"}
    filed = call(site.actor(site.li_wei)).post("disputes", body).json()
    path = f"disputes/{filed['id']}"
    call(site.operator).post(f"{path}/assignment", {"user_id": site.arbitrator.user_id})
    return path


@pytest.fixture
def who(site, call):
    """Everybody who may call, and somebody who may not."""
    return {
        "worker": call(site.actor(site.li_wei)),
        "company": call(site.contractor),
        "desk": call(site.arbitrator),
        "colleague": call(site.actor(site.zhang_qiang)),
    }


def record(caller, path):
    return caller.get(f"{path}/record").json()


def running(caller, path):
    return {c["name"] for c in record(caller, path)["clocks"] if c["state"] == "running"}


def test_what_a_side_says_is_in_the_element_table_of_both(who, path, line):
    said = {"line": line.pk, "element": "attendance", "stance": "denies", "words": "left at noon"}

    answer = who["company"].post(f"{path}/sayings", said)

    assert answer.status_code == 201
    for reader in ("worker", "company", "desk"):
        rows = {e["element"]: e for e in record(who[reader], path)["elements"]}
        assert rows["attendance"]["respondent"] == "left at noon"
        assert rows["attendance"]["finding"] == "contested"
    assert who["colleague"].post(f"{path}/sayings", said).status_code == 404
    assert refused(who["worker"].post(f"{path}/sayings", said), 400, "invalid")


def test_an_offer_is_answered_by_both_and_paid(site, who, path, line):
    said = {"line": line.pk, "element": "attendance", "stance": "admits"}
    who["company"].post(f"{path}/sayings", said)
    (offer,) = record(who["worker"], path)["offers"]
    assert (offer["amounts"], offer["state"]) == ({str(line.pk): "400.00"}, "offered")

    for side in ("worker", "company"):
        answer = who[side].post(f"{path}/offer-answers", {"offer": offer["id"], "yes": True})
        assert answer.status_code == 201
    again = who["worker"].post(f"{path}/offer-answers", {"offer": offer["id"], "yes": True})

    assert answer.json()["state"] == "closed"
    assert again.status_code == 409
    assert Proposal.objects.get().state == "taken"


def test_from_escalation_to_the_hearing_each_stage_has_its_clocks(who, path, line):
    assert who["company"].post(f"{path}/escalation", {"to": "arbitration"}).status_code == 403
    done = who["worker"].post(f"{path}/escalation", {"to": "arbitration"})
    assert (done.json()["state"], done.json()["track"]) == ("submitted", "staged")
    assert "intake" in running(who["desk"], path)

    stage = f"{path}/stages"
    accepted = who["desk"].post(stage, {"verb": "accept", "procedure": "ordinary", "number": "7"})
    assert (accepted.json()["state"], accepted.json()["number"]) == ("accepted", "7")
    assert {"award", "serve", "bench"} <= running(who["desk"], path)
    assert who["desk"].post(stage, {"verb": "serve"}).json()["state"] == "served"
    plea = who["company"].post(f"{path}/plea", {"words": "he left at noon"})
    assert plea.json()["state"] == "answered"
    near = {"verb": "schedule", "hearing_at": "2026-10-16T09:00:00+08:00"}
    assert refused(who["desk"].post(stage, near), 422, "notice_too_short")
    far = who["desk"].post(stage, {**near, "hearing_at": "2026-10-26T09:00:00+08:00"})
    assert far.json()["hearing_at"].startswith("2026-10-26T")
    assert who["desk"].post(stage, {"verb": "hold"}).json()["state"] == "heard"
    assert refused(who["desk"].post(stage, {"verb": "serve"}), 409, "wrong_state")
    assert refused(who["desk"].post(stage, {"verb": "burn"}), 400, "invalid")
    assert refused(who["company"].post(stage, {"verb": "hold"}), 403, "forbidden")


def test_an_order_stops_the_clocks_and_its_end_lets_them_run(who, path, line):
    who["worker"].post(f"{path}/escalation", {"to": "arbitration"})
    stage = f"{path}/stages"
    who["desk"].post(stage, {"verb": "accept", "procedure": "simple"})
    order = {"verb": "suspend", "reason": "other_case", "note": "the crew's other case"}

    stopped = who["desk"].post(stage, order)

    assert stopped.json()["suspended_at"] is not None
    assert running(who["desk"], path) == set()
    (shown,) = record(who["worker"], path)["suspensions"]
    assert (shown["note"], shown["until"]) == ("the crew's other case", None)
    assert refused(who["desk"].post(stage, {"verb": "serve"}), 409, "case_suspended")
    assert who["desk"].post(stage, {"verb": "resume"}).json()["suspended_at"] is None
    assert "award_simple" in running(who["desk"], path)
    assert refused(who["desk"].post(stage, {"verb": "resume"}), 409, "not_suspended")


def test_the_mediators_proposal_and_an_agreement_name_amounts_as_text(site, who, path, line):
    stage, named = f"{path}/stages", {"amounts": [{"line": line.pk, "amount": "250.00"}]}
    who["desk"].post(stage, {"verb": "mediate"})
    offered = who["desk"].post(stage, {"verb": "propose", "reasons": "half", **named})
    assert offered.status_code == 201
    assert [o["basis"] for o in record(who["worker"], path)["offers"]] == ["mediator"]

    agreed = who["desk"].post(stage, {"verb": "settle", "reasons": "both signed", **named})

    assert agreed.json()["state"] == "closed"
    assert agreed.json()["lines"][0]["awarded"] == "250.00"
    (decision,) = record(who["worker"], path)["decisions"]
    assert (decision["kind"], decision["items"][0]["amount"]) == ("mediation", "250.00")
    assert decision["reasons"] == "both signed"


def test_reject_and_terminate_need_a_reason_and_give_the_line_back(site, who, path, line):
    who["worker"].post(f"{path}/escalation", {"to": "arbitration"})
    stage = f"{path}/stages"
    assert refused(who["desk"].post(stage, {"verb": "reject"}), 400, "invalid")

    done = who["desk"].post(stage, {"verb": "reject", "reasons": "not a wage"})

    assert (done.json()["state"], done.json()["reasons"]) == ("closed", "not a wage")
    assert site.lines(site.li_wei)[0].state == "held"


@pytest.fixture
def awarded(who, path, line):
    """More than twelve months of the minimum wage: not final, so its window is open."""
    body = {"awards": [{"line": line.pk, "amount": "20000.00"}], "reasons": "so"}
    who["desk"].post(f"{path}/decision", body)
    (decision,) = record(who["worker"], path)["decisions"]
    assert (decision["final"], decision["why_not_final"]) == (False, "")
    return decision["id"]


def test_a_side_goes_to_court_and_its_word_is_recorded(site, who, path, awarded):
    sue = {"decision": awarded, "kind": "sue", "court": LINE}
    assert refused(who["desk"].post(f"{path}/appeals", sue), 403, "forbidden")
    assert who["colleague"].post(f"{path}/appeals", sue).status_code == 404
    other = {**sue, "kind": "set_aside"}
    assert refused(who["company"].post(f"{path}/appeals", other), 409, "not_to_set_aside")
    assert who["company"].post(f"{path}/appeals", sue).status_code == 201
    assert refused(who["company"].post(f"{path}/appeals", sue), 409, "wrong_state")
    word = {"decision": awarded, "outcome": "annul", "words": "set aside"}
    assert refused(who["company"].post(f"{path}/court", word), 403, "forbidden")

    done = who["desk"].post(f"{path}/court", word)

    assert done.status_code == 201
    assert Decision.objects.get().state == "annulled"
    assert site.lines(site.li_wei)[0].state == "held"
    assert refused(who["desk"].post(f"{path}/court", word), 409, "wrong_state")


def test_a_crews_leader_names_some_of_the_lines(site, call, line):
    site.punch(site.zhang_qiang, at(DAY), "in")
    site.run()
    own, other = (site.lines(w)[0] for w in site.workers)
    body = {
        "crew_id": site.crew.pk,
        "work_from": str(DAY),
        "work_to": str(DAY),
        "claim": "so",
        "line_ids": [other.pk],
    }

    filed = call(site.leader).post("crew-disputes", body)
    foreign = call(site.leader).post("crew-disputes", {**body, "line_ids": [own.pk + 99]})

    assert [n["line"] for n in filed.json()["lines"]] == [other.pk]
    assert foreign.status_code == 404
    assert call(site.actor(site.zhang_qiang)).post("crew-disputes", body).status_code in (403, 404)


def test_the_timeline_is_in_order_and_marks_what_is_agreed_and_contested(who, path, line):
    said = {"line": line.pk, "element": "attendance", "stance": "denies", "words": "no"}
    who["company"].post(f"{path}/sayings", said)

    items = who["desk"].get(f"{path}/timeline").json()["items"]

    assert [m["at"] for m in items] == sorted(m["at"] for m in items)
    marks = {(m["kind"], m["mark"]) for m in items}
    assert {("punch", "contested"), ("sheet", "agreed")} <= marks
    codes = [m["code"] for m in items if m["kind"] == "event"]
    assert codes.index("dispute.file") < codes.index("dispute.assign") < codes.index("dispute.say")
    assert ("look", "") in marks, "the desk's own look is told as well"
    assert who["colleague"].get(f"{path}/timeline").status_code == 404


def test_contradictions_name_their_rows_over_the_api(who, path, line):
    items = who["desk"].get(f"{path}/contradictions").json()["items"]

    assert all(set(one) == {"code", "worker_ids", "on", "rows"} for one in items)
    assert who["colleague"].get(f"{path}/contradictions").status_code == 404
