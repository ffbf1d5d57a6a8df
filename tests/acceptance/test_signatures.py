"""Two signatures over one content: who, when, over what; another content, and they count no more."""

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.kernel.errors import Forbidden, SameHand
from projects.acceptance import commands, errors, signing
from projects.acceptance.models import Signature, TaskSheet
from projects.acceptance.photos import Picture
from tests.acceptance.conftest import JPEG
from tests.site import DAY, at


def valid(sheet_id):
    sheet = TaskSheet.objects.get(pk=sheet_id)
    found = Signature.objects.filter(sheet=sheet, digest=signing.digest(sheet))
    return sorted(found.values_list("side", flat=True))


def seen(sheet_id):
    return signing.digest(TaskSheet.objects.get(pk=sheet_id))


def test_handing_in_and_deciding_sign_and_the_crew_signs_the_result(site):
    sheet = site.sheet(DAY, DAY)
    assert valid(sheet) == ["crew"]
    site.accept(sheet)
    assert valid(sheet) == ["accepting"], "the crew has not signed the accepted quantity"

    commands.sign(sheet_id=sheet, seen=seen(sheet), actor=site.leader, at=at(DAY, 20))

    assert valid(sheet) == ["accepting", "crew"]


def test_a_signature_counts_no_more_when_a_picture_is_added(site, var):
    sheet = site.sheet(DAY, DAY)
    commands.attach(
        sheet_id=sheet, picture=Picture.read(JPEG), caption="", actor=site.leader, at=at(DAY, 18)
    )

    assert valid(sheet) == []


def test_nobody_signs_or_accepts_what_they_have_not_read(site):
    sheet = site.sheet(DAY, DAY)
    read = seen(sheet)
    commands.inspect(sheet_id=sheet, measured_thousandths=9_000, actor=site.owner, at=at(DAY, 19))

    with pytest.raises(errors.ContentChanged):
        commands.sign(sheet_id=sheet, seen=read, actor=site.leader, at=at(DAY, 20))
    with pytest.raises(errors.ContentChanged):
        commands.accept(sheet_id=sheet, seen=read, actor=site.owner, at=at(DAY, 20))


def test_signing_twice_is_signing_once_and_one_hand_is_one_side(site):
    sheet = site.sheet(DAY, DAY)
    commands.sign(sheet_id=sheet, seen=seen(sheet), actor=site.leader, at=at(DAY, 20))

    assert Signature.objects.count() == 1
    from jianzhu.kernel.db import command

    @command
    def other_side():
        row = TaskSheet.objects.get(pk=sheet)
        signing.sign(row, "accepting", actor=site.leader, at=at(DAY, 21))

    with pytest.raises(SameHand):
        other_side()


def test_a_member_of_the_crew_reads_and_does_not_sign(site, call):
    sheet = site.sheet(DAY, DAY)
    member = call(site.actor(site.zhang_qiang))

    shown = member.get(f"task-sheets/{sheet}/history").json()

    assert [(s["side"], s["valid"]) for s in shown["signatures"]] == [("crew", True)]
    assert shown["digest"] == seen(sheet)
    with pytest.raises(Forbidden):
        commands.sign(
            sheet_id=sheet,
            seen=seen(sheet),
            actor=site.actor(site.zhang_qiang),
            at=at(DAY, 20),
        )


def test_postgresql_refuses_to_change_a_signature(site):
    site.sheet(DAY, DAY)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_signature SET by = 'user:1'")
