"""A line can be followed from the punch to the bank's reference, and back; and only by who may."""

import re

from django.test import Client

from jianzhu.kernel import clock
from projects.attendance.models import Punch
from settlements.disputes import queries
from settlements.disputes.models import Dispute
from settlements.funding.models import WageAccount
from settlements.payouts import reconciliation
from tests.site import DAY, Site


def earn(site, bank):
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    reconciliation.reconcile(WageAccount.objects.get(project=site.project), bank, at=clock.now())
    (line,) = site.lines(site.li_wei)
    return line


def text(response):
    return re.sub(r"<[^>]+>", " ", response.content.decode())


def test_from_the_month_to_the_punch_and_the_banks_reference(site, bank, browse):
    line = earn(site, bank)
    client = browse(site.li_wei.user_id)

    month = client.get("/me/")
    opened = client.get(f"/lines/{line.pk}/")

    assert f'href="/lines/{line.pk}/"' in month.content.decode()
    assert "¥400.00" in text(month)
    said = text(opened)
    assert line.payout.reference in said
    assert "accepted" in said
    for punch in Punch.objects.all():
        assert f'href="/punches/{punch.pk}/"' in opened.content.decode()


def test_the_way_back_from_the_punch_and_from_the_bank(site, bank, browse):
    line = earn(site, bank)
    client = browse(site.li_wei.user_id)

    from_punch = client.get(f"/punches/{Punch.objects.first().pk}/")
    from_bank = client.get(f"/payouts/{line.payout_id}/")

    assert f'href="/lines/{line.pk}/"' in from_punch.content.decode()
    assert f'href="/lines/{line.pk}/"' in from_bank.content.decode()


def test_another_worker_sees_nothing_of_it(site, bank, browse):
    line = earn(site, bank)
    client = browse(site.zhang_qiang.user_id)

    for path in (
        f"/lines/{line.pk}/",
        f"/payouts/{line.payout_id}/",
        f"/punches/{Punch.objects.first().pk}/",
    ):
        foreign, absent = client.get(path), client.get(re.sub(r"\d+", "999999999", path))
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert line.payout.reference not in text(foreign)


def test_one_tap_files_a_case_over_this_line_alone(site, browse):
    site.work(site.li_wei, DAY)
    site.run()
    (line,) = site.lines(site.li_wei)

    browse(site.li_wei.user_id).post(f"/lines/{line.pk}/objection", {"claim": "I was there"})

    case = Dispute.objects.get()
    assert queries.case_by_id(case.pk).claim == "I was there"
    assert [n.line_id for n in case.lines.all()] == [line.pk]


def test_the_contractor_sees_what_waits_and_for_whom(site, browse):
    site.punch(site.li_wei, site_in(), "in")
    site.run()

    page = text(browse(site.contractor.user_id).get(f"/projects/{site.project.pk}/"))

    assert "The day is unclear and waits for an answer." in page
    assert "the general contractor" in page


def site_in():
    from tests.site import at

    return at(DAY, 8)


def test_a_contractor_of_another_project_sees_nothing(site, browse):
    other = Site.build(workers=1, code="T-9")

    answer = browse(other.contractor.user_id).get(f"/projects/{site.project.pk}/")

    assert answer.status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in(site):
    answer = Client().get("/me/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
