"""A worker asks for a correction on the phone, with its effect in sight; a second person decides."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jianzhu.kernel import clock
from projects.attendance.models import Correction, DayRecord, Punch
from tests.site import DAY, Site, at

JPEG = b"\xff\xd8\xff\xe0 a clock on a wall"


@pytest.fixture
def asked_on(site, monkeypatch, settings, tmp_path):
    """A day with a forgotten out-punch, and the evening after it."""
    settings.VAR = tmp_path
    monkeypatch.setattr(clock, "now", lambda: at(DAY.replace(day=13), 20))
    site.accept(site.sheet(DAY, DAY))
    site.punch(site.zhang_qiang, at(DAY, 8), "in")
    site.run()
    assert DayRecord.objects.get(on=DAY).exceptions == ["missing_out"]
    return f"/corrections/ask/{site.zhang_qiang.pk}/{site.project.pk}/{DAY}/"


def said(site, **more):
    return {
        "from1": "08:00",
        "to1": "16:00",
        "reason": "the gate had no power",
        "witness": str(site.workers[2].pk),
        **more,
    }


def test_the_day_and_the_effect_are_seen_before_anything_is_asked(site, browse, asked_on):
    client = browse(site.zhang_qiang.user_id)

    before = client.get(asked_on).content.decode()
    shown = client.post(asked_on, said(site, show="1")).content.decode()

    assert "08:00" in before
    assert "forgotten" in before or "missing out" in before
    assert "¥400.00" in shown
    assert 'value="16:00"' in shown, "what was filled in stays"
    assert Correction.objects.count() == 0


def test_asked_shown_decided_and_the_punch_stays(site, browse, asked_on):
    worker, office = browse(site.zhang_qiang.user_id), browse(site.contractor.user_id)

    worker.post(asked_on, said(site))
    waits = worker.get(asked_on).content.decode()
    desk = office.get(f"/projects/{site.project.pk}/corrections/").content.decode()
    (row,) = Correction.objects.all()
    office.post(f"/corrections/{row.pk}/yes", {"words": "seen on the camera"})
    after = worker.get(asked_on).content.decode()

    assert "Take it back" in waits
    assert "08:00–16:00" in desk
    assert "¥400.00" in desk
    assert DayRecord.objects.get(on=DAY).state == "corrected"
    assert Punch.objects.count() == 1
    assert "seen on the camera" in after


def test_a_photo_is_kept_under_its_digest_and_seen_by_who_decides(site, browse, asked_on):
    worker, office = browse(site.zhang_qiang.user_id), browse(site.contractor.user_id)
    picture = SimpleUploadedFile("../../etc/passwd", JPEG, "image/jpeg")

    worker.post(asked_on, said(site, witness="", photo=picture))

    (row,) = Correction.objects.all()
    got = office.get(f"/corrections/{row.pk}/photo")
    assert got.content == JPEG
    assert got["Content-Disposition"].startswith("attachment")
    other = Site.build(code="T-2", workers=1)
    assert browse(other.contractor.user_id).get(f"/corrections/{row.pk}/photo").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"reason": " "}, 400),
        ({"witness": ""}, 400),
        ({"to1": "late"}, 400),
        ({"from1": "", "to1": ""}, 400),
        ({"from2": "09:00", "to2": "10:00"}, 422),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_filled_in(site, browse, asked_on, change, status):
    answer = browse(site.zhang_qiang.user_id).post(asked_on, said(site, **change))

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert "the gate had no power" in answer.content.decode() or "reason" in change
    assert Correction.objects.count() == 0


def test_whoever_asked_takes_it_back_and_may_ask_again(site, browse, asked_on):
    worker = browse(site.zhang_qiang.user_id)
    worker.post(asked_on, said(site))
    (row,) = Correction.objects.all()

    worker.post(f"/corrections/{row.pk}/withdrawal")
    worker.post(asked_on, said(site, to1="17:00"))

    assert [c.state for c in Correction.objects.order_by("pk")] == ["withdrawn", "requested"]


def test_a_night_shift_is_asked_for_over_midnight(site, browse, asked_on):
    browse(site.zhang_qiang.user_id).post(
        asked_on, said(site, from1="22:00", to1="01:00", from2="02:00", to2="06:00")
    )

    (row,) = Correction.objects.all()
    night = DAY.replace(day=13)
    times = [(at(DAY, 22), at(night, 1)), (at(night, 2), at(night, 6))]
    assert [[a.isoformat(), b.isoformat()] for a, b in times] == [
        [_utc(a), _utc(b)] for a, b in row.intervals
    ]


def _utc(text):
    from datetime import UTC, datetime

    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def test_a_foreman_asks_about_hours_and_is_not_shown_pay(site, browse, asked_on):
    shown = browse(site.leader.user_id).post(asked_on, said(site, show="1")).content.decode()

    assert "8:00" in shown
    assert "¥" not in shown


def test_nobody_asks_about_a_stranger(site, browse, asked_on):
    other = Site.build(code="T-2", workers=2)

    for user in (site.workers[2].user_id, other.leader.user_id, other.contractor.user_id):
        assert browse(user).get(asked_on).status_code == 404
        assert browse(user).post(asked_on, said(site)).status_code == 404


def test_a_body_larger_than_any_picture_is_refused_before_it_is_read(site, browse, asked_on):
    answer = browse(site.zhang_qiang.user_id).post(asked_on, said(site), CONTENT_LENGTH=str(10**8))

    assert answer.status_code == 413
