"""A worker with a phone signs in by a code and follows one line from the punch to the bank, and back."""

import re

import pytest

from jianzhu.kernel import clock
from projects.attendance.models import Punch
from settlements.funding.models import WageAccount
from settlements.payouts import reconciliation
from tests.site import DAY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
PHONE = "100T-1000000"


@pytest.fixture
def signed_in(visitor, site, bank, capsys):
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    reconciliation.reconcile(WageAccount.objects.get(project=site.project), bank, at=clock.now())
    visitor.go("/sign-in/worker/")
    visitor.fill(phone=PHONE)
    code = re.search(r"\b\d{6}\b", capsys.readouterr().out).group()
    visitor.fill(code=code)
    return visitor


def test_a_line_is_followed_from_the_month_to_the_punch_and_to_the_banks_reference(signed_in, site):
    (line,) = site.lines(site.li_wei)
    signed_in.go("/me/")
    assert "¥400.00" in signed_in.text()

    signed_in.follow(r"10-12")
    assert signed_in.path() == f"/lines/{line.pk}/"
    assert line.payout.reference in signed_in.text()

    signed_in.follow(r"¥400\.00")
    assert signed_in.path() == f"/payouts/{line.payout_id}/"
    assert line.payout.reference in signed_in.text()
    signed_in.follow(r"10-12")
    assert signed_in.path() == f"/lines/{line.pk}/", "the way back from the bank"

    signed_in.follow(r"2026-10-12 08:00:00")
    assert signed_in.path() == f"/punches/{Punch.objects.order_by('at').first().pk}/"
    signed_in.follow(r"10-12")
    assert signed_in.path() == f"/lines/{line.pk}/", "the way back from the punch"


def test_nothing_on_the_phones_screen_is_wider_than_the_screen(signed_in, site):
    (line,) = site.lines(site.li_wei)
    punch = Punch.objects.order_by("at").first()

    for path in (
        "/me/",
        f"/lines/{line.pk}/",
        f"/payouts/{line.payout_id}/",
        f"/punches/{punch.pk}/",
    ):
        signed_in.go(path)
        wide, screen = signed_in.driver.execute_script(
            "return [document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert wide <= screen, f"{path} is {wide} wide on a screen of {screen}"
