"""A site with a case over an unclear day of Li Wei, given to the arbitrator."""

import pytest

from settlements.disputes import commands as disputes
from settlements.disputes import queries
from tests.pages.conftest import browse  # noqa: F401 - pages are asked as a browser asks them
from tests.site import DAY, at
from tests.stories.conftest import bank, site  # noqa: F401 - the same small site


@pytest.fixture
def line(site):  # noqa: F811
    site.punch(site.li_wei, at(DAY, 8), "in")
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return site.lines(site.li_wei)[0]


@pytest.fixture
def case(site, line):  # noqa: F811
    """Filed and assigned."""
    filed = disputes.file(
        line_ids=[line.pk], claim="我上了一整天", actor=site.actor(site.li_wei), at=at(DAY, 20)
    )
    assign(site, filed.pk, site.arbitrator)
    return filed


def assign(site, case_id, arbitrator):  # noqa: F811
    return disputes.assign(
        dispute_id=case_id, user_id=arbitrator.user_id, actor=site.operator, at=at(DAY, 20)
    )


def seen(case_id):
    """The case as pages and the desk see it."""
    from django.db.models import Q

    return queries.cases(Q(pk=case_id))[0]
