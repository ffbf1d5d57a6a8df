"""The milestone on its page: decided by the owner, signed by each worker on the phone."""

from settlements.milestones.models import Milestone, MilestoneShare
from tests.milestones.conftest import LAST
from tests.site import at


def test_a_worker_sees_the_whole_share_out_and_signs_the_own_share(crew, site, browse):
    crew.work(8, 8, 4)
    milestone = crew.plan()
    crew.submit(milestone)
    client = browse(site.zhang_qiang.user_id)
    share = MilestoneShare.objects.get(worker=site.zhang_qiang)

    waits = f'<a href="/milestones/{milestone.pk}/">'
    assert waits in client.get("/me/").content.decode()
    page = client.get(f"/milestones/{milestone.pk}/").content.decode()
    client.post(f"/milestone-shares/{share.pk}/yes", {"seen": share.digest})

    assert all(worker.name in page for worker in site.workers)
    share.refresh_from_db()
    assert share.state == "signed"
    assert waits not in client.get("/me/").content.decode().split("Today")[0]


def test_nobody_signs_for_a_colleague(crew, site, browse):
    crew.work(8, 8, 4)
    crew.submit(crew.plan())
    share = MilestoneShare.objects.get(worker=site.li_wei)

    answer = browse(site.zhang_qiang.user_id).post(
        f"/milestone-shares/{share.pk}/yes", {"seen": share.digest}
    )

    assert answer.status_code == 404


def test_an_objection_keeps_its_words(crew, site, browse):
    crew.work(8, 8, 4)
    crew.submit(crew.plan())
    share = MilestoneShare.objects.get(worker=site.zhang_qiang)

    browse(site.zhang_qiang.user_id).post(
        f"/milestone-shares/{share.pk}/no", {"words": "Sunday is missing"}
    )

    share.refresh_from_db()
    assert (share.state, share.words) == ("objected", "Sunday is missing")


def test_the_owner_accepts_a_part_on_the_page(crew, site, browse):
    crew.work(8, 8, 4)
    crew.nobody_answers_in_time()
    milestone = crew.plan()
    crew.submit(milestone)
    owner = browse(site.owner.user_id)

    owner.post(
        f"/milestones/{milestone.pk}/partial-acceptance",
        {"accepted": "6000.00", "defect": "cracks", "cure_by": "2026-10-20"},
    )
    page = owner.get(f"/milestones/{milestone.pk}/").content.decode()

    assert Milestone.objects.get().accepted_minor == 600_000
    assert "¥3000.00 not accepted: cracks. Cure by 2026-10-20." in page


def test_a_line_leads_back_to_its_milestone_and_its_days(crew, site, browse):
    crew.work(8, 8, 4)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)
    (line,) = crew.lines(site.zhang_qiang)

    page = browse(site.zhang_qiang.user_id).get(f"/lines/{line.pk}/").content.decode()

    assert f'href="/milestones/{milestone.pk}/"' in page
    assert "2026-10-12: 8:00 h" in page
    assert line.payout.reference in page


def test_a_correction_is_agreed_to_on_the_page_by_a_second_person(crew, site, browse):
    from settlements.milestones import commands

    crew.work(8, 8, 4)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.accept(milestone)
    row = commands.propose_correction(
        milestone_id=milestone.pk,
        amounts={site.li_wei.pk: 5},
        reason="so",
        reference="B-1",
        actor=site.contractor,
        at=at(LAST, 20),
    )

    shown = browse(site.contractor.user_id).get(f"/milestones/{milestone.pk}/").content.decode()
    browse(site.officer.user_id).post(f"/milestone-corrections/{row.pk}/yes")

    assert 'action="/milestone-corrections/' not in shown, "not by who made it"
    row.refresh_from_db()
    assert row.state == "agreed"
