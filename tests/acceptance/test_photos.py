"""Pictures: looked at before they are read, kept under their digest, given back as a file only."""

import hashlib

import pytest
from django.test.client import FakePayload

from projects.acceptance import photos
from projects.acceptance.models import Photo
from tests.acceptance.conftest import JPEG
from tests.api.caller import refused
from tests.site import DAY, Site

DIGEST = hashlib.sha256(JPEG).hexdigest()


def send(caller, sheet, body=JPEG, media_type="image/jpeg", **more):
    return caller.picture(f"task-sheets/{sheet}/photos?caption=wall", body, media_type, **more)


def test_a_picture_is_kept_under_its_digest_and_given_back_byte_for_byte(site, call, var):
    sheet, leader = site.sheet(DAY, DAY), call(site.leader)

    made = send(leader, sheet).json()
    back = call(site.owner).get(f"photos/{made['id']}")

    assert (made["digest"], made["size"], made["caption"]) == (DIGEST, len(JPEG), "wall")
    assert (var / "photos" / DIGEST[:2] / DIGEST).read_bytes() == JPEG == back.content
    assert back["Content-Type"] == "application/octet-stream"
    assert back["Content-Disposition"].startswith("attachment")
    assert back["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in back["Content-Security-Policy"]
    assert call(site.owner).get(f"task-sheets/{sheet}/photos").json()["items"] == [made]


def test_the_same_picture_again_is_the_same_photo(site, call, var):
    sheet, leader = site.sheet(DAY, DAY), call(site.leader)

    first, again = send(leader, sheet).json(), send(leader, sheet).json()

    assert first == again
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"),
    [
        (b"<svg onload=alert(1)>", "image/svg+xml", 415, "photo_type"),
        (b"<html><script>", "image/jpeg", 415, "photo_type"),
        (b"%PDF-1.7", "application/pdf", 415, "photo_type"),
        (b"", "image/jpeg", 415, "photo_type"),
    ],
    ids=["svg", "page as picture", "pdf", "nothing"],
)
def test_what_is_no_picture_is_refused_and_not_kept(
    site, call, var, body, media_type, status, code
):
    sheet = site.sheet(DAY, DAY)

    answer = send(call(site.leader), sheet, body, media_type)

    assert refused(answer, status, code)
    assert list(var.glob("photos/**/*")) == []
    assert Photo.objects.count() == 0


class Unread(FakePayload):
    """A body that nobody may touch."""

    def read(self, *args):
        raise AssertionError("the body was read before its headers were looked at")


def test_what_says_it_is_too_large_is_refused_before_a_byte_is_read(site, call, var):
    sheet = site.sheet(DAY, DAY)

    answer = send(
        call(site.leader),
        sheet,
        JPEG,
        CONTENT_LENGTH=str(photos.SIZE_MAX + 1),
        **{"wsgi.input": Unread(JPEG)},
    )

    assert refused(answer, 413, "photo_too_large")


def test_a_kept_file_that_was_changed_is_not_given_out(site, call, var):
    made = send(call(site.leader), site.sheet(DAY, DAY)).json()
    (var / "photos" / DIGEST[:2] / DIGEST).write_bytes(b"another wall")

    assert refused(call(site.owner).get(f"photos/{made['id']}"), 500, "photo_damaged")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "A" * 64, "", "0" * 63])
def test_no_name_but_a_digest_leads_to_a_file(var, name):
    with pytest.raises(ValueError, match="not a digest"):
        photos.load(name)


def test_another_site_sees_no_picture_and_adds_none(site, call, var):
    sheet = site.sheet(DAY, DAY)
    made = send(call(site.leader), sheet).json()
    foreign = Site.build(code="T-2")

    assert refused(call(foreign.owner).get(f"photos/{made['id']}"), 404, "not_found")
    assert refused(send(call(foreign.leader), sheet), 404, "not_found")


def test_an_accepted_sheet_takes_no_more_pictures(site, call, var):
    sheet = site.sheet(DAY, DAY)
    site.accept(sheet)

    assert refused(send(call(site.leader), sheet), 409, "task_sheet_final")
