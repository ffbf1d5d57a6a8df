"""When attendance, acceptance and terms agree, the wage goes out with nobody in between."""

from datetime import timedelta

from jianzhu.kernel import clock
from jianzhu.kernel.money import Money
from projects.acceptance import commands as acceptance
from settlements.funding import commands as funding
from settlements.payouts.models import Payout
from tests.site import DAY, Site, at


def test_a_clean_accepted_day_is_paid_by_itself(site, bank):
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY, submitted=clock.now())  # its silence clock has just begun
    site.run()
    (line,) = site.lines(site.li_wei)
    assert (line.state, line.reason, line.owed_by) == ("held", "acceptance_waiting", "owner")

    site.accept(sheet)
    site.run()

    (line,) = site.lines(site.li_wei)
    assert line.state == "released"
    assert line.amount_minor == 40_000
    assert line.payout.state == "paid"
    assert bank.books.payments[line.payout.key].said["amount_minor"] == 40_000


def test_the_order_of_news_does_not_matter(site):
    sheet = site.sheet(DAY, DAY, submitted=at(DAY, 6))
    site.accept(sheet, at(DAY, 7))
    site.run()

    site.work(site.li_wei, DAY)
    site.run()

    (line,) = site.lines(site.li_wei)
    assert line.state == "released"


def test_silence_accepts_after_the_agreed_working_days(site):
    site.work(site.li_wei, DAY)
    site.sheet(DAY, DAY, submitted=at(DAY, 18))  # long ago by now: its clock has run out

    site.run()

    (line,) = site.lines(site.li_wei)
    assert line.state == "released"


def test_a_rejection_never_takes_the_wages_of_time_worked(site):
    """Decree 724 art. 35: the quarrel about quality changes who bears the cost."""
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY)
    acceptance.reject(
        sheet_id=sheet,
        defect="crooked",
        cure_by=DAY + timedelta(days=7),
        actor=site.owner,
        at=at(DAY, 19),
    )

    site.run()  # the clock that began with the submission is over

    (line,) = site.lines(site.li_wei)
    assert line.state == "released"


def test_one_held_line_never_delays_another(site):
    site.work(site.li_wei, DAY)
    site.punch(site.zhang_qiang, at(DAY, 8), "in")  # never came out
    site.accept(site.sheet(DAY, DAY))

    site.run()

    (paid,), (held,) = site.lines(site.li_wei), site.lines(site.zhang_qiang)
    assert paid.state == "released"
    assert (held.state, held.reason, held.amount_minor) == ("held", "attendance_exception", None)
    assert held.owed_by == "general_contractor"
    assert held.due_on is not None


def test_without_money_the_line_waits_matched_and_goes_out_with_the_deposit(db, bank):
    site = Site.build(workers=1, funds=0)
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    (line,) = site.lines()
    assert (line.state, line.reason) == ("matched", "unfunded")

    funding.record_deposit(
        project_id=site.project.pk,
        payer_id=site.contractor.grants[0].organisation_id,
        reference="D-late",
        amount=Money(40_000, "CNY"),
        actor=site.contractor,
        at=at(DAY, 20),
    )
    site.run()

    (line,) = site.lines()
    assert line.state == "released"
    assert Payout.objects.get().state == "paid"


def test_evaluating_again_changes_nothing(site):
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY)
    site.accept(sheet)
    site.run()
    before = [(n.pk, n.version, n.updated_at) for n in site.lines()]

    site.punch(site.li_wei, at(DAY, 8), "in")  # the same passage once more
    site.run()

    assert [(n.pk, n.version, n.updated_at) for n in site.lines()] == before
