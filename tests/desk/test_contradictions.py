"""The product finds what in the records of a case does not fit together, and names the rows."""

import pytest

from jianzhu.kernel.vault import blind_index
from projects.acceptance.models import Signature
from projects.attendance import commands as attendance
from projects.attendance.models import DayRecord, DeviceBody, Punch
from projects.attendance.phones.models import Phone, PhonePunch
from projects.scheduling import commands as scheduling
from projects.sites.models import Device
from projects.sites.models import Site as Place
from settlements.desk import contradictions
from settlements.disputes import commands as disputes
from tests.desk.conftest import seen
from tests.site import DAY, at
from workers_app.people.models import CrewMember, PayeeAccount, Worker


def codes(case):
    return {c.code: c for c in contradictions.found(seen(case.pk))}


def test_records_that_fit_contradict_nothing(site, case):
    assert codes(case) == {}


def plan(site, first, last):
    row = scheduling.propose(
        work_package_id=site.package.pk,
        crew_id=site.crew.pk,
        starts_on=first,
        ends_on=last,
        headcount=2,
        actor=site.contractor,
        at=at(DAY),
    )
    scheduling.publish(assignment_id=row.pk, actor=site.contractor, at=at(DAY))


def test_a_punch_on_a_day_for_which_the_plan_has_no_crew(site, case):
    plan(site, DAY.replace(day=20), DAY.replace(day=21))
    assert codes(case) == {}, "the plan says nothing of these days"

    plan(site, DAY, DAY)
    assert codes(case) == {}, "the plan has the crew that day"
    CrewMember.objects.filter(worker=site.li_wei).update(valid_to=DAY)

    found = codes(case)["punch_without_roster"]
    assert (found.worker_ids, found.on) == ((site.li_wei.pk,), DAY)
    assert len(found.rows["punch"]) == 1


def test_accepted_work_of_a_day_without_a_punch(site):
    """The day stands on a correction alone, and the sheet was accepted."""
    correction = attendance.request_correction(
        worker_id=site.li_wei.pk,
        project_id=site.project.pk,
        on=DAY,
        intervals=[(at(DAY, 8), at(DAY, 16))],
        reason="no power",
        actor=site.actor(site.li_wei),
        at=at(DAY, 18),
    )
    attendance.approve_correction(
        correction_id=correction.pk, answer="yes", actor=site.contractor, at=at(DAY, 18)
    )
    sheet = site.sheet(DAY, DAY)
    site.accept(sheet)
    site.run()
    (line,) = site.lines(site.li_wei)
    case = disputes.file(
        line_ids=[line.pk], claim="so", actor=site.actor(site.li_wei), at=at(DAY, 20)
    )

    found = codes(case)["acceptance_without_punch"]
    assert (found.on, found.rows) == (DAY, {"task_sheet": [sheet]})


def test_one_account_that_was_named_for_two_people(site, case):
    own = PayeeAccount.objects.get(worker=site.li_wei)
    PayeeAccount.objects.create(
        worker=site.zhang_qiang,
        bank_code="105",
        bank_name="临澜银行",
        account_sealed=own.account_sealed,
        account_index=own.account_index,
        account_tail=own.account_tail,
        made_by="user:0",
        created_at=at(DAY),
    )

    assert codes(case)["account"].worker_ids == (site.li_wei.pk, site.zhang_qiang.pk)


def test_one_phone_number_of_two_people(site, case):
    index = blind_index("10000000000", "phone")
    Worker.objects.filter(pk__in=[site.li_wei.pk, site.zhang_qiang.pk]).update(phone_index=index)

    assert codes(case)["phone"].worker_ids == (site.li_wei.pk, site.zhang_qiang.pk)


def test_two_people_who_punched_with_one_phone(site, case):
    phone = Phone.objects.create(
        installation="00000000-0000-0000-0000-000000000001",
        worker=site.li_wei,
        registered_at=at(DAY),
    )
    punched = site.li_wei, site.zhang_qiang
    for number, worker in enumerate(punched):
        PhonePunch.objects.create(
            phone=phone,
            sequence=number,
            worker=worker,
            project=site.project,
            site=site.place,
            punch_id=900 + number,
            body=DeviceBody.objects.first(),
            digest=b"0" * 32,
            said_at=at(DAY, 9),
            received_at=at(DAY, 9),
            at=at(DAY, 9),
            clock="server",
            direction="in",
        )

    assert codes(case)["one_phone"].worker_ids == (site.li_wei.pk, site.zhang_qiang.pk)


def test_two_sites_within_minutes(site, case):
    place, gate = site.place, site.gate
    site.place = Place.objects.create(project=site.project, code="B", name="B区", zone=place.zone)
    site.gate = Device.objects.create(
        site=site.place, kind="hikvision", serial="gate-b", name="北门", zone=place.zone
    )
    site.punch(site.li_wei, at(DAY, 8, 5), "in")
    site.place, site.gate = place, gate

    found = codes(case)["two_sites"]
    assert (found.on, len(found.rows["punch"])) == (DAY, 2)


@pytest.mark.parametrize("there", [True, False])
def test_a_sheet_signed_by_somebody_who_was_not_there(site, case, there):
    if there:
        site.work(site.zhang_qiang, DAY)
    sheet = site.sheet(DAY, DAY, number="TS-2")
    Signature.objects.create(
        sheet_id=sheet,
        side="crew",
        digest="1" * 64,
        by=f"user:{site.zhang_qiang.user_id}",
        at=at(DAY, 20),
    )

    absent = "signed_absent" in codes(case)
    assert absent is not there


def test_a_night_shift_ends_on_the_next_day_and_contradicts_nothing(site):
    site.punch(site.li_wei, at(DAY, 20), "in")
    site.punch(site.li_wei, at(DAY.replace(day=13), 4), "out")
    site.run()
    both = [p.pk for p in Punch.objects.filter(worker=site.li_wei).order_by("at")]
    DayRecord.objects.filter(worker=site.li_wei, on=DAY).update(minutes=480, punch_ids=both)
    line = next(n for n in site.lines(site.li_wei) if n.on == DAY)
    case = disputes.file(
        line_ids=[line.pk], claim="so", actor=site.actor(site.li_wei), at=at(DAY, 20)
    )

    assert codes(case) == {}


def test_more_minutes_than_lie_between_the_punches(site):
    site.work(site.li_wei, DAY)
    site.run()
    DayRecord.objects.filter(worker=site.li_wei, on=DAY).update(minutes=900)
    (line,) = site.lines(site.li_wei)
    case = disputes.file(
        line_ids=[line.pk], claim="so", actor=site.actor(site.li_wei), at=at(DAY, 20)
    )

    assert codes(case)["day_beyond_punches"].on == DAY


def test_each_case_of_a_queue_has_its_own_contradictions_and_no_other_cases(site, case):
    """Read together, nothing of one case leaks into another whose days or people are others."""
    other_day = DAY.replace(day=14)
    stranger = site.zhang_qiang
    site.punch(stranger, at(other_day), "in")
    site.run()
    line = next(n for n in site.lines(stranger) if n.on == other_day)
    filed = disputes.file(
        line_ids=[line.pk], claim="so", actor=site.actor(stranger), at=at(other_day, 20)
    )
    plan(site, other_day, other_day)
    CrewMember.objects.filter(worker=stranger).update(valid_to=other_day)
    both = [seen(case.pk), seen(filed.pk)]

    together = contradictions.of_all(both)

    assert together == {one.id: contradictions.found(one) for one in both}
    assert "punch_without_roster" in {c.code for c in together[filed.pk]}
    assert "punch_without_roster" not in {c.code for c in together[case.pk]}
