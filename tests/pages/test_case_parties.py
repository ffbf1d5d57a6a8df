"""Worker and respondent meet on the page of their case: what is asked, what is offered, yes or no."""

import pytest

from jianzhu.kernel import clock
from settlements.disputes import commands, queries
from settlements.disputes.models import CaseElement, Dispute, Proposal
from tests.site import DAY, at


@pytest.fixture
def case(site):
    """The crew's work is accepted; of Li Wei the gate knows only that he came."""
    site.punch(site.li_wei, at(DAY), "in")
    site.accept(site.sheet(DAY, DAY))
    site.run()
    (line,) = site.lines(site.li_wei)
    return commands.file(
        line_ids=[line.pk], claim="a whole day", actor=site.actor(site.li_wei), at=clock.now()
    )


def test_the_respondent_is_asked_for_what_only_it_has_and_answers_there(site, browse, case):
    client = browse(site.contractor.user_id)
    shown = client.get(f"/cases/{case.pk}/").content.decode()
    element = CaseElement.objects.get(dispute=case, element="attendance")

    client.post(
        f"/cases/{case.pk}/sayings",
        {
            "line": element.line_id,
            "element": "attendance",
            "stance": "admits",
            "words": "he was there",
        },
    )

    assert f'action="/cases/{case.pk}/sayings"' in shown
    said = next(e for e in queries.elements(case.pk) if e.element == "attendance")
    assert (said.finding, said.respondent) == ("admitted", "he was there")


def test_the_worker_takes_what_is_offered(site, browse, case):
    line_id = case.lines.get().line_id
    commands.say(
        dispute_id=case.pk,
        line_id=line_id,
        element="attendance",
        stance="admits",
        words="",
        actor=site.contractor,
        at=clock.now(),
    )
    offered = Proposal.objects.get(dispute=case)
    for user in (site.li_wei.user_id, site.contractor.user_id):
        client = browse(user)
        assert "400.00" in client.get(f"/cases/{case.pk}/").content.decode()
        client.post(f"/cases/{case.pk}/offer-answers", {"offer": offered.pk, "answer": "yes"})

    assert Dispute.objects.get(pk=case.pk).state == "closed"


def test_the_page_says_of_each_row_whose_line_it_is_and_names_clocks_in_the_readers_language(
    site, browse, case
):
    client = browse(site.contractor.user_id)
    client.cookies["django_language"] = "zh-hans"

    shown = client.get(f"/cases/{case.pk}/").content.decode()

    assert f"{DAY} · {site.li_wei.name}" in shown
    assert "举证" in shown
    assert "被申请人" in shown
    assert "进出" not in shown  # "both" of a gate is another word
    assert "attendance_exception" not in shown


def test_a_colleague_sees_nothing_of_it(site, browse, case):
    client = browse(site.zhang_qiang.user_id)

    assert client.get(f"/cases/{case.pk}/").status_code == 404
    assert client.post(f"/cases/{case.pk}/withdrawal").status_code == 404


def test_the_worker_goes_to_arbitration_by_one_tap(site, browse, case):
    client = browse(site.li_wei.user_id)

    client.post(f"/cases/{case.pk}/escalation", {"to": "arbitration"})

    assert Dispute.objects.get(pk=case.pk).state == "submitted"
