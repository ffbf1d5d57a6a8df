"""Two hands at once on one case: one moves it, the other hears that it moved, and nobody is paid twice."""

import pytest

from jianzhu.kernel.errors import Refusal
from settlements.books import queries as books
from settlements.disputes import commands
from settlements.disputes.models import Decision, Dispute, Proposal
from settlements.payouts import subscribers
from tests.acceptance.test_races import at_once
from tests.bank import BookRail
from tests.site import DAY, Site, at
from tests.stories import test_case_tracks as tracks


@pytest.fixture
def site(transactional_db, tmp_path, monkeypatch):
    """Li Wei's day is unclear and its work accepted."""
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    rail.books.deposit("9999T-1", "D-T-1", 100_000_000)
    site = Site.build(workers=1, rate=2_000_000).minimum_wage()
    site.punch(site.li_wei, at(DAY), "in")
    site.accept(site.sheet(DAY, DAY))
    tracks.run(site)
    yield site
    tracks.run(site)
    assert [t for t in books.truths() if t.faults] == []
    rail.books.close()


@pytest.fixture
def case(site):
    found = tracks.file(site, site.li_wei)
    tracks.say(site, found, site.contractor, "denies")
    tracks.in_arbitration(site, found, tracks.day(13))
    return found


def refused(said):
    return [isinstance(one, Refusal) for one in said].count(True)


def paid(site):
    tracks.run(site)
    return sum(n.amount_minor for n in site.lines() if n.state == "released")


def test_termination_and_the_missing_record_at_once_end_the_case_once_and_pay_once(site, case):
    site.punch(site.li_wei, at(DAY, 16), "out")
    said = at_once(
        lambda: tracks.conduct(site, case, "terminate", tracks.day(14), reasons="so"),
        lambda: tracks.run(site),
    )

    assert refused(said) <= 1
    assert paid(site) == 2_000_000
    assert Dispute.objects.get(pk=case.pk).state == "closed"


def test_an_agreement_and_a_decision_at_once_are_one_of_them(site, case):
    tracks.hear(site, case, tracks.day(14))
    (line,) = (row.line_id for row in case.lines.all())
    said = at_once(
        lambda: tracks.conduct(
            site, case, "settle", tracks.day(16), amounts={line: 30_000}, reasons="so"
        ),
        lambda: commands.decide(
            dispute_id=case.pk,
            awards={line: 10_000},
            reasons="so",
            actor=site.arbitrator,
            at=tracks.day(16),
        ),
    )

    assert refused(said) == 1
    assert paid(site) in (30_000, 10_000)
    assert Decision.objects.get(dispute=case).items.get().amount_minor == paid(site)


def test_yes_and_the_end_of_its_time_at_once_take_an_offer_once(site):
    found = tracks.file(site, site.li_wei)
    tracks.say(site, found, site.contractor, "admits")
    offer = Proposal.objects.get(dispute=found)
    clock = found.clocks.get(name="proposal")
    yes = {"dispute_id": found.pk, "offer_id": offer.pk, "yes": True, "at": offer.due_at}
    commands.answer_offer(**{**yes, "at": tracks.EVENING}, actor=site.contractor)

    said = at_once(
        lambda: commands.answer_offer(**yes, actor=site.actor(site.li_wei)),
        lambda: commands.lapse(clock_ids=[clock.pk], at=offer.due_at),
    )

    assert refused(said) + [one == 0 for one in said].count(True) == 1
    assert paid(site) == 2_000_000
    assert Decision.objects.filter(dispute=found).count() == 1


def decided(site, case):
    """The case's one line, less than was asked for: the day after the hearing began."""
    tracks.hear(site, case, tracks.day(14))
    (line,) = (row.line_id for row in case.lines.all())
    commands.decide(
        dispute_id=case.pk,
        awards={line: 1_900_000},
        reasons="so",
        actor=site.arbitrator,
        at=tracks.day(15, 13),
    )


def test_going_to_court_and_the_end_of_the_window_at_once_are_one_of_them(site, case):
    decided(site, case)
    decision = Decision.objects.get(dispute=case, final=False)
    clock = case.clocks.get(name="sue", key=str(decision.pk))
    just = decision.sue_until - tracks.timedelta(seconds=1)

    said = at_once(
        lambda: tracks.appeal(site, case, False, "sue", site.contractor, just),
        lambda: commands.lapse(clock_ids=[clock.pk], at=decision.sue_until),
    )

    decision.refresh_from_db()
    assert (decision.state, paid(site)) in (("sued", 0), ("in_force", 1_900_000))
    assert refused(said) == (decision.state == "in_force")


def test_two_courts_words_at_once_are_one(site, case):
    decided(site, case)
    decision = tracks.appeal(site, case, False, "sue", site.contractor, tracks.day(16))
    word = {"dispute_id": case.pk, "decision_id": decision.pk, "words": "so"}
    word |= {"actor": site.arbitrator, "at": tracks.day(30)}

    said = at_once(
        lambda: commands.court_said(outcome="uphold", **word),
        lambda: commands.court_said(outcome="annul", **word),
    )

    assert refused(said) == 1
    decision.refresh_from_db()
    assert (decision.state, paid(site)) in (("in_force", 1_900_000), ("annulled", 0))
