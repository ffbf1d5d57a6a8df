"""The desk as its readers see it: the arbitrator works, both sides watch, looks are told."""

from dataclasses import replace

import pytest

from jianzhu.audit.queries import history
from settlements.disputes import commands as disputes
from settlements.disputes.commands import looking
from settlements.disputes.models import Decision, Dispute
from tests.api.caller import Caller
from tests.desk.conftest import seen as seen_case
from tests.desk.test_conflicts import arbitrator, party
from tests.site import DAY, at


def test_the_arbitrator_asks_drafts_and_issues_on_the_page(site, case, line, browse):
    client = browse(site.arbitrator.user_id)
    path = f"/cases/{case.pk}/desk/"

    asked = client.get(path, {"line": line.pk, "hours": "8:00"}).content.decode()
    client.post(f"/cases/{case.pk}/draft", {f"award-{line.pk}": "380.00", "reasons": "so"})
    (ruling,) = Decision.objects.filter(dispute=case.pk)
    pdf = client.get(f"/decisions/{ruling.pk}/paper?language=zh")
    client.post(f"/cases/{case.pk}/issue", {"sure": "yes"})

    assert "¥400.00" in asked
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert Dispute.objects.get(pk=case.pk).state == "closed"


def test_a_wrong_question_is_answered_beside_the_form(site, case, line, browse):
    shown = browse(site.arbitrator.user_id).get(
        f"/cases/{case.pk}/desk/", {"line": line.pk, "hours": "eight"}
    )

    assert shown.status_code == 200
    assert "write hours like 8:30" in shown.content.decode()


def test_each_look_of_the_office_is_shown_to_both_sides(site, case, browse):
    browse(site.arbitrator.user_id).get(f"/cases/{case.pk}/desk/")
    Caller(site.arbitrator).get(f"disputes/{case.pk}/contradictions")
    browse(site.li_wei.user_id).get(f"/cases/{case.pk}/desk/")

    looks = [e for e in history("dispute", case.pk) if e.verb == "dispute.look"]
    assert [e.actor for e in looks] == [str(site.arbitrator)] * 2
    for side in (site.li_wei.user_id, site.contractor.user_id):
        shown = browse(side).get(f"/cases/{case.pk}/desk/").content.decode()
        assert "mark-look" in shown
        assert "arbitrator" in shown


def test_an_arbitrator_sees_the_own_cases_only(site, case, browse):
    stranger = arbitrator(site, "second")

    client = browse(stranger.user_id)

    assert client.get(f"/cases/{case.pk}/desk/").status_code == 404
    assert f"/cases/{case.pk}/" not in client.get("/desk/").content.decode()
    assert (
        f"/cases/{case.pk}/desk/" in browse(site.arbitrator.user_id).get("/desk/").content.decode()
    )


def test_a_side_sees_no_draft_and_asks_nothing(site, case, line, browse):
    browse(site.arbitrator.user_id).post(
        f"/cases/{case.pk}/draft", {f"award-{line.pk}": "1.00", "reasons": "secret for now"}
    )
    (ruling,) = Decision.objects.filter(dispute=case.pk)

    client = browse(site.contractor.user_id)
    shown = client.get(f"/cases/{case.pk}/desk/?line={line.pk}&hours=8").content.decode()

    assert f"/decisions/{ruling.pk}/" not in shown
    assert "What if" not in shown
    assert client.get(f"/decisions/{ruling.pk}/paper").status_code == 404
    assert Caller(site.contractor).get(f"decisions/{ruling.pk}/paper").status_code == 404


def test_the_operator_sees_who_is_neutral(site, case, browse):
    tied = arbitrator(site, "tied")
    party(site, tied)

    shown = browse(site.operator.user_id).get(f"/cases/{case.pk}/desk/").content.decode()

    assert "belongs to a party of the project" in shown
    assert f'value="{site.arbitrator.user_id}"' in shown
    assert f'value="{tied.user_id}"' not in shown


def test_the_figures_are_for_who_counts(site, case, browse):
    assert browse(site.operator.user_id).get("/desk/figures").status_code == 200
    assert browse(site.contractor.user_id).get("/desk/figures").status_code == 403


@pytest.mark.parametrize("body", [{}, {"minutes": 1, "rate": "1.00"}])
def test_the_api_changes_exactly_one_fact(site, case, line, body):
    answer = Caller(site.arbitrator).post(
        f"disputes/{case.pk}/what-if", {"line_id": line.pk, **body}
    )

    assert answer.status_code == 400


def test_the_api_answers_with_both_months(site, case, line):
    answer = (
        Caller(site.arbitrator)
        .post(f"disputes/{case.pk}/what-if", {"line_id": line.pk, "minutes": 480})
        .json()
    )

    assert (answer["before"], answer["after"], answer["difference"]) == ("0.00", "400.00", "400.00")


def test_a_claimant_of_a_crew_sees_the_own_lines_and_nobody_elses(site, browse):
    for worker in (site.li_wei, site.zhang_qiang):
        site.punch(worker, at(DAY, 8), "in")
    site.run()
    leader = replace(site.leader, worker_id=site.li_wei.pk)
    case = disputes.file_for_crew(
        crew_id=site.crew.pk, work_from=DAY, work_to=DAY, claim="so", actor=leader, at=at(DAY, 20)
    )
    (other,) = [n for n in site.lines(site.li_wei) if n.on == DAY]

    shown = browse(site.zhang_qiang.user_id).get(f"/cases/{case.pk}/desk/").content.decode()
    whole = browse(site.contractor.user_id).get(f"/cases/{case.pk}/desk/").content.decode()

    seen = looking.as_seen(seen_case(case.pk), site.actor(site.zhang_qiang))
    assert other.pk not in {n.line_id for n in seen.lines}
    assert len(seen.lines) == 1
    assert whole.count("大门") > shown.count("大门") > 0


def test_a_look_at_one_line_is_told_in_its_case(site, case, line, browse):
    browse(site.arbitrator.user_id).get(f"/lines/{line.pk}/")
    browse(site.arbitrator.user_id).get(f"/cases/{case.pk}/")

    looks = [e.data for e in history("dispute", case.pk) if e.verb == "dispute.look"]
    assert looks == [{"line": line.pk}, {}]
