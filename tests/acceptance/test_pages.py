"""The sheet on its page: handed in, measured, half accepted, rejected, signed, with pictures."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.acceptance import commands, photos, signing
from projects.acceptance.models import Photo, TaskSheet
from tests.acceptance.conftest import JPEG
from tests.site import DAY, Site, at

FORM = {"defect": "cracks", "cure_by": "2026-10-20"}


@pytest.fixture
def sheet(site):
    return TaskSheet.objects.get(pk=site.sheet(DAY, DAY))


def ask(client, sheet, verb, **form):
    answer = client.post(f"/task-sheets/{sheet.pk}/{verb}", form)
    sheet.refresh_from_db()
    return answer


def test_the_owner_measures_and_accepts_a_part_on_the_page(site, browse, sheet):
    owner = browse(site.owner.user_id)

    ask(owner, sheet, "inspection", measured="9.5", grade="qualified")
    done = ask(owner, sheet, "partial-acceptance", accepted="8", **FORM)
    page = owner.get(f"/task-sheets/{sheet.pk}/").content.decode()

    assert done.status_code == 302
    assert (sheet.state, sheet.accepted_thousandths, sheet.grade) == (
        "partly_accepted",
        8_000,
        "qualified",
    )
    assert "1.5 m3 not accepted: cracks. Cure by 2026-10-20." in page


def test_who_accepts_something_else_than_was_shown_is_told(site, browse, sheet):
    seen = signing.digest(sheet)
    commands.inspect(
        sheet_id=sheet.pk, measured_thousandths=9_000, actor=site.contractor, at=at(DAY, 19)
    )

    answer = ask(browse(site.owner.user_id), sheet, "acceptance", seen=seen)

    assert answer.status_code == 409
    assert sheet.state == "inspected"


def test_the_crew_leader_hands_in_again_and_signs(site, browse, sheet):
    ask(browse(site.owner.user_id), sheet, "rejection", **FORM)
    leader = browse(site.leader.user_id)

    ask(leader, sheet, "submission")
    page = leader.get(f"/task-sheets/{sheet.pk}/").content.decode()

    assert (sheet.state, sheet.revision) == ("submitted", 2)
    assert "Your answer" not in page, "the crew does not accept"
    assert "the content changed since" in page, "the signature under the first revision"


def test_a_picture_goes_up_by_the_form_and_comes_down_as_a_file(site, browse, var, sheet):
    leader = browse(site.leader.user_id)

    ask(leader, sheet, "photos", photo=SimpleUploadedFile("../../x.php", JPEG), caption="wall")
    photo = Photo.objects.get()
    back = browse(site.owner.user_id).get(f"/photos/{photo.pk}/")

    assert back.content == JPEG
    assert back["Content-Type"] == "application/octet-stream"
    assert [p.name for p in (var / "photos").rglob("*") if p.is_file()] == [photo.digest]


def test_a_form_that_is_too_large_is_refused_by_its_size(site, browse, var, sheet):
    answer = browse(site.leader.user_id).post(
        f"/task-sheets/{sheet.pk}/photos",
        {"photo": SimpleUploadedFile("x.jpg", JPEG)},
        CONTENT_LENGTH=str(photos.SIZE_MAX * 2),
    )

    assert answer.status_code == 413
    assert Photo.objects.count() == 0


def test_a_form_from_elsewhere_adds_no_picture(site, browse, var, sheet):
    client = browse(site.leader.user_id)
    client.handler.enforce_csrf_checks = True

    assert ask(client, sheet, "photos", photo=SimpleUploadedFile("x", JPEG)).status_code == 403
    assert Photo.objects.count() == 0


def test_a_member_of_the_crew_looks_and_moves_nothing(site, browse, sheet):
    member = browse(site.zhang_qiang.user_id)

    assert sheet.number in member.get("/acceptance/").content.decode()
    assert member.get(f"/task-sheets/{sheet.pk}/").status_code == 200
    assert ask(member, sheet, "acceptance").status_code == 403
    assert sheet.state == "submitted"


def test_another_site_sees_no_sheet(site, browse, sheet):
    stranger = browse(Site.build(code="T-2").owner.user_id)

    assert stranger.get(f"/task-sheets/{sheet.pk}/").status_code == 404
    assert sheet.number not in stranger.get("/acceptance/").content.decode()
