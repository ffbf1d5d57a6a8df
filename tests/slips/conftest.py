"""A small month with every kind of day: overtime, rest day, holiday, an allowance, an unclear day."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from settlements.adjustments import commands as adjustments
from settlements.adjustments.commands import NewAdjustment
from settlements.statements.models import Statement
from tests.site import DAY, at
from tests.stories.conftest import bank, site  # noqa: F401 - the same small site

HOLIDAY = date(2026, 10, 1)
SUNDAY = date(2026, 10, 11)


@pytest.fixture
def month(site):  # noqa: F811
    """li_wei: 10 h on Monday, 8 h on Sunday, 8 h on 1 October; a heat allowance; Friday unclear."""
    site.work(site.li_wei, DAY, 8, 18)
    site.work(site.li_wei, SUNDAY)
    site.work(site.li_wei, HOLIDAY)
    site.punch(site.li_wei, at(DAY + timedelta(days=4), 8), "in")
    site.work(site.zhang_qiang, DAY, 8, 12)
    site.accept(site.sheet(HOLIDAY, DAY + timedelta(days=4)))
    new = NewAdjustment(
        worker_id=site.li_wei.pk,
        project_id=site.project.pk,
        kind="allowance",
        amount_minor=5_000,
        first=DAY,
        last=DAY,
        label="高温",
        reference="H-1",
    )
    made = adjustments.propose(new=new, actor=site.contractor, at=at(DAY, 20))
    adjustments.agree(adjustment_id=made.pk, actor=site.officer, at=at(DAY, 21))
    site.run()
    return site


@pytest.fixture
def statement(month):
    return Statement.objects.get(worker=month.li_wei)


def words(content: bytes) -> str:
    """The text of a PDF without spaces: lines break where the paper is narrow."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())
