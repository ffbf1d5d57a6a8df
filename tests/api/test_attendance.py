"""Punches, days, corrections and parked events as programs meet them."""

from projects.attendance.models import DeviceBody, ParkedEvent
from projects.attendance.steps import digest
from tests.api.caller import refused
from tests.site import DAY, at


def asked(site, **other):
    return {
        "worker_id": site.li_wei.pk,
        "project_id": site.project.pk,
        "on": DAY.isoformat(),
        "intervals": [
            {"begin": f"{DAY}T08:00:00+08:00", "end": f"{DAY}T16:00:00+08:00"},
        ],
        "reason": "the gate had no power",
        **other,
    }


def test_a_worker_sees_the_own_punches_with_their_offset(site, call):
    site.work(site.li_wei, DAY)
    site.work(site.zhang_qiang, DAY)

    items = call(site.actor(site.li_wei)).get("punches").json()["items"]

    assert [(i["worker_id"], i["at"], i["direction"]) for i in items] == [
        (site.li_wei.pk, f"{DAY}T08:00:00+08:00", "in"),
        (site.li_wei.pk, f"{DAY}T16:00:00+08:00", "out"),
    ]


def test_pages_follow_each_other_without_gap_or_repeat(site, call):
    site.work(site.li_wei, DAY)
    site.work(site.zhang_qiang, DAY)
    caller = call(site.contractor)

    seen, path = [], "punches?limit=3"
    while path:
        answer = caller.get(path).json()
        seen += [i["id"] for i in answer["items"]]
        path = answer["next"] and answer["next"].split("/api/v1/")[1]

    assert len(seen) == 4
    assert seen == sorted(set(seen))


def test_a_page_size_that_is_no_number_is_refused(site, call):
    answer = call(site.contractor).get("punches?limit=many")

    assert refused(answer, 400, "parse_error")


def test_a_day_record_shows_eight_hours_as_one_workday(site, call):
    site.work(site.li_wei, DAY)
    site.run()
    caller = call(site.contractor)
    (day,) = caller.get("day-records").json()["items"]

    shown = caller.get(f"day-records/{day['id']}").json()

    assert shown == day
    assert (day["minutes"], day["workdays"], day["state"]) == (480, "1", "confirmed")


def test_a_correction_is_asked_by_one_and_approved_by_another(site, call):
    site.punch(site.li_wei, at(DAY, 8), "in")
    site.run()

    made = call(site.actor(site.li_wei)).post("corrections", asked(site))
    approved = call(site.contractor).post(
        f"corrections/{made.json()['id']}/approval", {"answer": "seen him leave"}
    )

    assert (made.status_code, made.json()["state"]) == (201, "requested")
    assert (approved.status_code, approved.json()["state"]) == (201, "approved")
    days = call(site.actor(site.li_wei)).get("day-records").json()["items"]
    assert [(d["state"], d["minutes"]) for d in days] == [("corrected", 480)]


def test_a_refused_correction_can_not_be_approved_any_more(site, call):
    caller = call(site.contractor)
    pk = call(site.actor(site.li_wei)).post("corrections", asked(site)).json()["id"]
    assert caller.post(f"corrections/{pk}/refusal", {"answer": "no"}).json()["state"] == "refused"

    answer = caller.post(f"corrections/{pk}/approval", {"answer": "yes"})

    assert refused(answer, 409, "wrong_state")


def test_who_asked_does_not_answer(site, call):
    caller = call(site.contractor)
    pk = caller.post("corrections", asked(site)).json()["id"]

    answer = caller.post(f"corrections/{pk}/approval", {"answer": "yes"})

    assert refused(answer, 403, "same_hand")


def test_a_day_has_one_open_correction(site, call):
    caller = call(site.actor(site.li_wei))
    caller.post("corrections", asked(site))

    answer = caller.post("corrections", asked(site))

    assert refused(answer, 409, "correction_open")


def test_a_worker_asks_for_no_other_and_on_no_project_without_terms(site, call):
    own = site.zhang_qiang.pk
    caller = call(site.actor(site.zhang_qiang))

    other = caller.post("corrections", asked(site, worker_id=site.li_wei.pk))
    absent = caller.post("corrections", asked(site, worker_id=own, project_id=2**62))

    assert refused(other, 404, "not_found")
    assert refused(absent, 404, "not_found")


def test_a_wrong_field_is_named_with_its_place(site, call):
    body = asked(site, intervals=[{"begin": "yesterday", "end": f"{DAY}T16:00:00+08:00"}])

    answer = call(site.actor(site.li_wei)).post("corrections", body)

    assert refused(answer, 400, "invalid")
    assert [e["field"].startswith("intervals") for e in answer.json()["errors"]] == [True]


def parked(site):
    body = DeviceBody.objects.create(
        device=site.gate,
        kind="hikvision",
        serial=site.gate.serial,
        received_at=at(DAY),
        method="POST",
        path="/",
        body=b"{}",
        digest=digest(b"{}"),
    )
    return ParkedEvent.objects.create(
        body=body,
        site=site.place,
        code="unknown_person",
        key="1",
        person_no="999",
        event={},
        created_at=at(DAY),
    )


def test_a_parked_event_is_dismissed_once_with_a_reason(site, call):
    event = parked(site)
    caller = call(site.contractor)
    assert [e["id"] for e in caller.get("parked-events").json()["items"]] == [event.pk]

    done = caller.post(f"parked-events/{event.pk}/dismissal", {"reason": "a visitor"})
    again = caller.post(f"parked-events/{event.pk}/dismissal", {"reason": "a visitor"})

    assert (done.json()["state"], done.json()["reason"]) == ("dismissed", "a visitor")
    assert refused(again, 409, "wrong_state")
