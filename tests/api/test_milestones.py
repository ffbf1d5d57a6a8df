"""A milestone from plan to correction over the API, each by the hand that may."""

import pytest

from tests.api.caller import refused
from tests.site import DAY, Site

DEFECT = {"defect": "cracks", "cure_by": "2026-10-20"}


def planned(site, **other):
    return {
        "project_id": site.project.pk,
        "crew_id": site.crew.pk,
        "contract": "BZ-7",
        "number": "M-1",
        "name": "3层墙完成",
        "work_from": DAY.isoformat(),
        "work_to": DAY.isoformat(),
        "labour_amount": "9000.00",
        "share_rule": "percent",
        "share_points": {str(site.li_wei.pk): 60, str(site.zhang_qiang.pk): 40},
        **other,
    }


@pytest.fixture
def milestone(site, call):
    """Planned and handed in; both workers were there."""
    for worker in site.workers:
        site.work(worker, DAY)
    site.run()
    pk = call(site.contractor).post("milestones", planned(site)).json()["id"]
    call(site.leader).post(f"milestones/{pk}/submission")
    return f"milestones/{pk}"


def test_it_is_planned_handed_in_shown_signed_accepted_and_corrected(site, call, milestone):
    worker, owner = call(site.actor(site.zhang_qiang)), call(site.owner)
    shown = worker.get(f"{milestone}/share-out").json()
    mine = next(s for s in shown["shares"] if s["worker_id"] == site.zhang_qiang.pk)

    signed = worker.post(f"milestone-shares/{mine['id']}/signature", {"seen": mine["digest"]})
    part = owner.post(f"{milestone}/acceptance", {"accepted": "6000.00", **DEFECT})
    correction = call(site.contractor).post(
        f"{milestone}/corrections",
        {
            "amounts": [{"worker_id": site.zhang_qiang.pk, "amount": "-12.50"}],
            "reason": "counted twice",
            "reference": "B-1",
        },
    )
    agreed = call(site.officer).post(f"milestone-corrections/{correction.json()['id']}/agreement")

    assert signed.json()["state"] == "signed"
    said = part.json()
    assert (said["state"], said["accepted"], said["rejected"]) == (
        "partly_accepted",
        "6000.00",
        "3000.00",
    )
    assert agreed.json()["amounts"] == {str(site.zhang_qiang.pk): "-12.50"}
    after = owner.get(f"{milestone}/share-out").json()
    assert [(p["kind"], p["amount"]) for p in after["parts"]] == [
        ("work", "6000.00"),
        ("correction", "-12.50"),
    ]
    assert [s["amount"] for s in after["parts"][0]["shares"]] == ["3600.00", "2400.00"]
    assert after["inspections"][0]["rejected"] == "3000.00"


def test_an_objection_holds_the_share_and_says_so_in_the_trace(site, call, milestone):
    worker = call(site.actor(site.zhang_qiang))
    share = next(s for s in worker.get("milestone-shares").json()["items"])

    said = worker.post(f"milestone-shares/{share['id']}/objection", {"words": "Sunday too"})
    call(site.owner).post(f"{milestone}/acceptance")
    site.run()

    assert said.json()["state"] == "objected"
    line = next(n for n in site.lines(site.zhang_qiang) if n.kind == "milestone")
    trace = worker.get(f"statement-lines/{line.pk}/trace").json()
    assert (line.state, line.reason) == ("held", "share_objected")
    assert [m["number"] for m in trace["milestones"]] == ["M-1"]
    assert [d["on"] for d in trace["days"]] == [DAY.isoformat()]


def test_a_kept_part_is_let_go_by_the_owner(site, call):
    for worker in site.workers:
        site.work(worker, DAY)
    site.run()
    body = planned(site, retention="900.00", retention_until="2099-01-01")
    pk = call(site.contractor).post("milestones", body).json()["id"]
    call(site.leader).post(f"milestones/{pk}/submission")
    call(site.owner).post(f"milestones/{pk}/acceptance")
    parts = call(site.owner).get(f"milestones/{pk}/share-out").json()["parts"]

    let_go = call(site.owner).post(f"milestone-parts/{parts[1]['id']}/release")

    assert [(p["kind"], p["amount"], p["state"]) for p in parts] == [
        ("work", "8100.00", "due"),
        ("retention", "900.00", "kept"),
    ]
    assert let_go.json()["state"] == "due"


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"share_points": {}}, 422, "share_points"),
        ({"labour_amount": "0"}, 422, "milestone_amount"),
        ({"labour_amount": "1e3"}, 400, "invalid"),
        ({"retention": "1.00"}, 422, "milestone_amount"),
        ({"work_to": "2026-01-01"}, 400, "invalid"),
        ({"share_points": {"x": 1}}, 400, "invalid"),
    ],
)
def test_terms_that_can_not_be_are_refused_by_code(site, call, other, status, code):
    answer = call(site.contractor).post("milestones", planned(site, **other))

    assert refused(answer, status, code)


def test_sums_over_a_hundred_percent_and_absent_workers_are_refused(site, call):
    contractor = call(site.contractor)
    over = {str(site.li_wei.pk): 60, str(site.zhang_qiang.pk): 60}
    foreign = {str(Site.build(code="T-2").li_wei.pk): 100}

    too_much = contractor.post("milestones", planned(site, share_points=over))
    stranger = contractor.post("milestones", planned(site, share_points=foreign))

    assert refused(too_much, 422, "shares_not_100")
    assert refused(stranger, 422, "sharer_not_in_crew")


@pytest.mark.parametrize(
    "body", [{"accepted": "1.00"}, {"acepted": "1.00", **DEFECT}, {"accepted": "x", **DEFECT}]
)
def test_half_a_partial_acceptance_accepts_nothing(site, call, milestone, body):
    owner = call(site.owner)

    assert refused(owner.post(f"{milestone}/acceptance", body), 400, "invalid")
    assert owner.get(milestone).json()["state"] == "submitted"


def test_the_silence_notice_is_in_the_list_of_notices(site, call, milestone):
    site.run()  # the calendar here is past the clock

    codes = {n["code"] for n in call(site.owner).get("notices").json()["items"]}
    mine = call(site.actor(site.zhang_qiang)).get("notices").json()["items"]

    assert {"milestone_silence_soon", "milestone_deemed"} <= codes
    assert [n["code"] for n in mine] == ["milestone_sign"]
    assert "M-1" in mine[0]["text"]
