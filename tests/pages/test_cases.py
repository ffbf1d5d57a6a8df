"""A case is given to somebody who is neutral, on the page."""

import pytest

from jianzhu.kernel import clock
from settlements.disputes import commands
from settlements.disputes.models import Dispute
from tests.site import DAY, at


@pytest.fixture
def case(site):
    site.punch(site.li_wei, at(DAY), "in")
    site.run()
    (line,) = site.lines(site.li_wei)
    return commands.file(
        line_ids=[line.pk], claim="a whole day", actor=site.actor(site.li_wei), at=clock.now()
    )


def test_an_operator_gives_the_case_to_an_arbitrator(site, browse, case):
    client = browse(site.operator.user_id)

    shown = client.get(f"/cases/{case.pk}/").content.decode()
    client.post(f"/cases/{case.pk}/assignment", {"user_id": site.arbitrator.user_id})

    assert f'<option value="{site.arbitrator.user_id}"' in shown
    assert Dispute.objects.get(pk=case.pk).assigned_to_id == site.arbitrator.user_id


def test_nobody_of_a_party_decides(site, browse, case):
    answer = browse(site.operator.user_id).post(
        f"/cases/{case.pk}/assignment", {"user_id": site.contractor.user_id}
    )

    assert answer.status_code == 403
    assert Dispute.objects.get(pk=case.pk).assigned_to_id is None


def test_a_party_gives_nothing(site, browse, case):
    client = browse(site.contractor.user_id)

    shown = client.get(f"/cases/{case.pk}/").content.decode()
    tried = client.post(f"/cases/{case.pk}/assignment", {"user_id": site.arbitrator.user_id})

    assert "<select" not in shown
    assert tried.status_code == 403
