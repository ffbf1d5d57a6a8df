"""A case from objection to decision over the API."""

import pytest

from tests.api.caller import refused
from tests.site import DAY, at


@pytest.fixture
def line(site):
    """Li Wei came, and no terminal saw him leave."""
    site.punch(site.li_wei, at(DAY, 8), "in")
    site.run()
    (line,) = site.lines(site.li_wei)
    return line


@pytest.fixture
def filed(site, call, line):
    body = {"line_ids": [line.pk], "claim": "I worked the whole day"}
    return call(site.actor(site.li_wei)).post("disputes", body).json()


def test_an_objection_opens_a_case_that_worker_and_contractor_see(site, call, line, filed):
    assert (filed["state"], filed["claim"]) == ("evidence", "I worked the whole day")
    a_normal_day = {"claimed": "400.00", "disputed": "400.00"}
    assert filed["lines"] == [{"line": line.pk, "outcome": "", **a_normal_day, "awarded": None}]
    for actor in (site.actor(site.li_wei), site.contractor):
        assert call(actor).get("disputes").json()["items"] == [filed]
        assert call(actor).get(f"disputes/{filed['id']}").json() == filed


def test_the_assigned_arbitrator_decides_and_the_award_is_shown(site, call, line, filed):
    path = f"disputes/{filed['id']}"
    decision = {"awards": [{"line": line.pk, "amount": "380.00"}], "reasons": "a clear witness"}
    assert call(site.arbitrator).post(f"{path}/decision", decision).status_code == 404

    given = call(site.operator).post(f"{path}/assignment", {"user_id": site.arbitrator.user_id})
    decided = call(site.arbitrator).post(f"{path}/decision", decision)

    assert given.json()["assigned_to_id"] == site.arbitrator.user_id
    assert (decided.status_code, decided.json()["state"]) == (201, "closed")
    assert decided.json()["lines"] == [
        {
            "line": line.pk,
            "outcome": "decided",
            "claimed": "400.00",
            "disputed": "400.00",
            "awarded": "380.00",
        }
    ]


def test_a_decision_names_every_line_once(site, call, line, filed):
    path = f"disputes/{filed['id']}"
    call(site.operator).post(f"{path}/assignment", {"user_id": site.arbitrator.user_id})
    arbitrator = call(site.arbitrator)
    award = {"line": line.pk, "amount": "380.00"}

    twice = arbitrator.post(f"{path}/decision", {"awards": [award, award], "reasons": "so"})
    other = arbitrator.post(
        f"{path}/decision", {"awards": [{**award, "line": line.pk + 1}], "reasons": "so"}
    )

    assert refused(twice, 400, "invalid")
    assert refused(other, 422, "award_incomplete")


def test_a_party_can_not_be_made_the_judge(site, call, filed):
    answer = call(site.operator).post(
        f"disputes/{filed['id']}/assignment", {"user_id": site.contractor.user_id}
    )

    assert refused(answer, 403, "conflict_of_interest")


def test_a_line_under_a_case_is_not_taken_twice(site, call, line, filed):
    answer = call(site.actor(site.li_wei)).post(
        "disputes", {"line_ids": [line.pk], "claim": "again"}
    )

    assert refused(answer, 409, "already_disputed")


def test_foreign_and_absent_lines_are_nothing_to_dispute(site, call, line):
    caller = call(site.actor(site.zhang_qiang))

    foreign = caller.post("disputes", {"line_ids": [line.pk], "claim": "mine"})
    absent = caller.post("disputes", {"line_ids": [2**62], "claim": "mine"})

    assert refused(foreign, 404, "not_found")
    assert foreign.content == absent.content


def test_who_may_not_object_is_told_so_whatever_was_sent(site, call, line):
    assert refused(call(site.contractor).post("disputes", {"line_ids": "x"}), 403, "forbidden")


def test_a_case_is_withdrawn_once(site, call, filed):
    caller = call(site.actor(site.li_wei))

    done = caller.post(f"disputes/{filed['id']}/withdrawal")
    again = caller.post(f"disputes/{filed['id']}/withdrawal")

    assert done.json()["state"] == "closed"
    assert refused(again, 409, "wrong_state")
