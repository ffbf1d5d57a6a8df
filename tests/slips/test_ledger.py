"""The ledger that the employer has to keep shows whole identities, to who keeps it, for a reason."""

import io

import pytest
from openpyxl import load_workbook

from jianzhu.audit.models import AuditEvent
from jianzhu.kernel.db import command
from tests.api.caller import Caller, refused
from tests.site import DAY, at
from tests.slips.conftest import words
from tests.slips.test_tables import content
from workers_app.people import queries as people
from workers_app.people import steps

WHY = "labour inspection of 3 November"


def opened(site, actor=None, **body):
    caller = Caller(actor or site.contractor)
    return caller.post(f"projects/{site.project.pk}/wage-ledger", {"reason": WHY, **body})


def identity(worker):
    return people.in_clear([worker.pk])[worker.pk]


def test_identity_and_phone_stand_in_full_on_paper_and_in_the_workbook(month):
    person = identity(month.li_wei)

    printed = words(content(opened(month, language="en")))
    book = load_workbook(io.BytesIO(content(opened(month, form="xlsx", language="zh"))))

    cells = {str(cell.value) for row in book[book.sheetnames[0]].iter_rows() for cell in row}
    for shown in (person.id_number, person.phone):
        assert len(shown) > 4
        assert shown in printed
        assert shown in cells


def test_each_opening_is_recorded_with_who_why_and_whose(month):
    content(opened(month, month="2026-10"))

    event = AuditEvent.objects.get(verb="wage_ledger.open")
    assert event.actor == str(month.contractor)
    assert event.data["reason"] == WHY
    assert event.data["month"] == "2026-10-01"
    assert month.li_wei.pk in event.data["workers"]
    assert identity(month.li_wei).id_number not in str(event.data)


@pytest.mark.parametrize("reason", ["", "   ", "x"])
def test_without_a_reason_nothing_is_opened(month, reason):
    answer = opened(month, reason=reason)

    assert answer.status_code == 400
    assert not AuditEvent.objects.filter(verb="wage_ledger.open").exists()


def test_who_only_checks_or_works_reads_the_last_four(month):
    for actor in (month.officer, month.owner, month.actor(month.li_wei)):
        assert refused(opened(month, actor), 403, "forbidden")
    table = Caller(month.officer).get(f"projects/{month.project.pk}/wage-table.pdf")

    assert identity(month.li_wei).id_number not in words(content(table))


def test_an_erased_person_stays_erased(month):
    number = identity(month.li_wei).id_number
    command(steps.erase_worker)(worker_id=month.li_wei.pk, actor=month.operator, at=at(DAY))

    assert number not in words(content(opened(month)))
