"""How a case ends otherwise than by data or its own award: not accepted, terminated, agreed before the
mediator, annulled, enforced; and what becomes of the money, the clocks and the lines each time."""

from datetime import date, timedelta

import pytest

from jianzhu.kernel.errors import Invalid, WrongState
from jianzhu.notices.models import Notice
from settlements.disputes import commands as disputes
from settlements.disputes import errors, queries
from settlements.disputes.models import CaseClock, Decision, Dispute, Proposal
from settlements.statements.models import StatementLine
from tests.site import DAY, Site, at
from tests.stories.test_case_tracks import (
    EVENING,
    appeal,
    assign,
    case,
    conduct,
    day,
    file,
    hear,
    in_arbitration,
    large,
    passes,
    run,
    say,
    unclear,
)

__all__ = ["case", "large", "unclear"]


def paid(site, worker=None):
    """What went out, by line kind."""
    return [n.amount_minor for n in site.lines(worker) if n.state == "released"]


def left_the_site(site, worker, on=DAY):
    """The gate's missing record arrives."""
    site.punch(worker, at(on, 16), "out")
    run(site)


def open_clocks(found):
    return found.clocks.filter(state__in=("running", "paused")).count()


def submitted(site):
    found = file(site, site.li_wei)
    say(site, found, site.contractor, "denies")
    claimant = site.actor(site.li_wei)
    disputes.escalate(dispute_id=found.pk, to="arbitration", actor=claimant, at=day(13))
    assign(site, found, day(13))
    return found


# Not accepted


def test_what_is_not_accepted_leaves_the_line_to_the_records_which_still_pay_it(unclear):
    found = submitted(unclear)
    with pytest.raises(Invalid):
        conduct(unclear, found, "reject", day(14))

    conduct(unclear, found, "reject", day(14), reasons="no employment")

    found.refresh_from_db()
    assert (found.state, queries.case_by_id(found.pk).reasons) == ("closed", "no employment")
    assert found.parties.get(side="claimant").outcome == "ended"
    assert (open_clocks(found), paid(unclear)) == (0, [])
    assert Notice.objects.filter(code="case_ended", subject_id=found.pk).exists()
    left_the_site(unclear, unclear.li_wei)
    assert paid(unclear) == [40_000]


def test_what_was_not_accepted_may_be_filed_anew(unclear):
    conduct(unclear, submitted(unclear), "reject", day(14), reasons="no employment")

    again = file(unclear, unclear.li_wei)

    assert again.lines.get().live


def test_only_what_was_handed_in_can_be_not_accepted(unclear, case):
    with pytest.raises(WrongState):
        conduct(unclear, case, "reject", day(14), reasons="too late for that")

    assert Dispute.objects.get(pk=case.pk).state == "answered"
    assert case.lines.get().live


# Terminated


def test_a_terminated_case_waits_for_nobody_and_what_was_advanced_comes_off_the_records(
    unclear, case
):
    (line,) = unclear.lines(unclear.li_wei)
    disputes.decide(
        dispute_id=case.pk,
        awards={line.pk: 15_000},
        kind="advance",
        reasons="hardship",
        actor=unclear.arbitrator,
        at=day(14),
    )
    run(unclear)

    conduct(unclear, case, "terminate", day(15), reasons="the claimant can't be found")
    run(unclear)

    case.refresh_from_db()
    assert (case.state, open_clocks(case)) == ("closed", 0)
    assert sum(paid(unclear)) == 15_000
    left_the_site(unclear, unclear.li_wei)
    assert sum(paid(unclear)) == 40_000, "the advance and the rest, not the whole again"


def test_a_suspended_case_may_still_be_terminated_and_its_order_ends_with_it(unclear, case):
    conduct(unclear, case, "suspend", day(14), reason="party_died")

    conduct(unclear, case, "terminate", day(15), reasons="no heirs")

    case.refresh_from_db()
    assert (case.state, case.suspended_at) == ("closed", None)
    assert case.suspensions.get().state == "ended"


@pytest.fixture
def partly(db, bank):
    """Of two days one was awarded first, above the final sum: served, its window open to the 29th."""
    site = Site.build(workers=1, rate=2_000_000).minimum_wage()
    other = DAY.replace(day=13)
    for on in (DAY, other):
        site.punch(site.li_wei, at(on, 8), "in")
    site.accept(site.sheet(DAY, other, submitted=at(other, 18)), at(other, 19))
    run(site)
    first, second = (n.pk for n in site.lines(site.li_wei))
    claimant = site.actor(site.li_wei)
    found = disputes.file(line_ids=[first, second], claim="so", actor=claimant, at=day(13, 20))
    say(site, found, site.contractor, "denies", day(13, 20), line_id=second)
    in_arbitration(site, found, day(14))
    disputes.decide(
        dispute_id=found.pk,
        awards={first: 2_000_000},
        kind="partial",
        reasons="clear",
        actor=site.arbitrator,
        at=day(14),
    )
    run(site)
    assert paid(site) == []
    return site, found, first, second


def test_what_is_already_decided_is_not_paid_by_data_as_well(partly):
    """The missing record of an awarded day arrives while the award waits for its window."""
    site, found, first, second = partly

    for on in (DAY, DAY.replace(day=13)):
        left_the_site(site, site.li_wei, on)
    assert paid(site) == [2_000_000], "the other day is settled by data; the awarded one waits"
    passes(site, day(30))

    assert paid(site) == [2_000_000, 2_000_000]
    assert dict(found.lines.values_list("line_id", "outcome")) == {first: "decided", second: "data"}
    assert Dispute.objects.get(pk=found.pk).state == "closed"


def test_what_is_already_decided_outlives_termination_and_taking_back(partly):
    site, found, first, second = partly

    conduct(site, found, "terminate", day(15), reasons="settled elsewhere")
    run(site)
    found.refresh_from_db()
    assert (found.state, paid(site)) == ("terminated", [])
    passes(site, day(30))

    found.refresh_from_db()
    assert (found.state, paid(site)) == ("closed", [2_000_000])
    assert dict(found.lines.values_list("line_id", "outcome")) == {
        first: "decided",
        second: "ended",
    }


# Annulled, enforced


def said(site, found, decision, outcome, when=None, words="so ruled"):
    return disputes.court_said(
        dispute_id=found.pk,
        decision_id=decision.pk,
        outcome=outcome,
        words=words,
        actor=site.arbitrator,
        at=when or at(date(2026, 12, 1)),
    )


def test_an_annulled_award_frees_its_own_lines_and_the_case_goes_on_over_the_others(partly):
    site, found, first, second = partly
    decision = appeal(site, found, False, "sue", site.contractor, day(20))

    said(site, found, decision, "annul")

    found.refresh_from_db()
    assert found.state == "answered"
    assert dict(found.lines.values_list("line_id", "live")) == {first: False, second: True}
    states = dict(StatementLine.objects.values_list("pk", "state"))
    assert (states[first], states[second]) == ("held", "disputed")
    left_the_site(site, site.li_wei)
    assert paid(site) == [2_000_000], "the records speak of the freed line again"


def test_an_annulled_award_that_was_paid_stays_a_payment_and_pays_nothing_more(large):
    site, found = large
    decision = appeal(site, found, True, "set_aside", site.contractor, day(20))

    said(site, found, decision, "annul")
    run(site)

    decision.refresh_from_db()
    assert (decision.state, paid(site)) == ("annulled", [40_000])
    with pytest.raises(WrongState):
        said(site, found, decision, "uphold")


def test_what_is_not_before_a_court_is_neither_annulled_nor_upheld(large):
    site, found = large
    for decision in Decision.objects.filter(dispute=found):
        for outcome in ("annul", "uphold", "enforce"):
            with pytest.raises(WrongState):
                said(site, found, decision, outcome, day(20))

    assert set(found.decisions.values_list("state", flat=True)) == {"served"}


def test_enforcement_is_asked_for_while_nobody_pays_and_over_when_the_money_is_there(large):
    site, found = large
    (clock,) = CaseClock.objects.filter(
        name="sue", key=str(found.decisions.get(final=False).pk), dispute=found
    )
    disputes.lapse(clock_ids=[clock.pk], at=clock.due_at)  # in force, and the payout just made
    decision = found.decisions.get(final=False)
    assert decision.state == "in_force"

    said(site, found, decision, "enforce", day(31), words="临澜区人民法院")
    decision.refresh_from_db()
    assert (decision.state, decision.court) == ("enforcing", "临澜区人民法院")
    run(site)

    decision.refresh_from_db()
    assert (decision.state, sorted(paid(site))) == ("performed", [40_000, 2_000_000])


# The mediator


@pytest.fixture
def mediation(unclear):
    found = file(unclear, unclear.li_wei)
    say(unclear, found, unclear.contractor, "denies")
    claimant = unclear.actor(unclear.li_wei)
    disputes.escalate(dispute_id=found.pk, to="mediation", actor=claimant, at=EVENING)
    assign(unclear, found, EVENING)
    return found


def propose(site, found, amounts, when=EVENING):
    conduct(site, found, "propose", when, amounts=amounts, reasons="half each")
    return Proposal.objects.get(dispute=found, state="offered")


def test_a_mediators_proposal_moves_nothing_until_silence_takes_it(unclear, mediation):
    (line,) = unclear.lines(unclear.li_wei)

    offer = propose(unclear, mediation, {line.pk: 20_000})
    run(unclear)
    assert (offer.basis, paid(unclear)) == ("mediator", [])
    # Two working days from Monday evening are Tuesday and Wednesday.
    passes(unclear, day(15, 0) - timedelta(minutes=1))
    assert paid(unclear) == []
    passes(unclear, day(15, 0))

    mediation.refresh_from_db()
    assert (mediation.state, paid(unclear)) == ("closed", [20_000])
    assert mediation.decisions.get().kind == "mediation"
    assert mediation.parties.get(side="claimant").outcome == "agreed"


def test_a_refused_proposal_leaves_mediation_to_its_clock(unclear, mediation):
    (line,) = unclear.lines(unclear.li_wei)
    offer = propose(unclear, mediation, {line.pk: 20_000})

    claimant = unclear.actor(unclear.li_wei)
    disputes.answer_offer(
        dispute_id=mediation.pk, offer_id=offer.pk, yes=False, actor=claimant, at=day(13)
    )

    mediation.refresh_from_db()
    assert (mediation.state, paid(unclear)) == ("mediating", [])
    assert mediation.clocks.get(name="mediation").state == "running"
    passes(unclear, at(date(2026, 10, 28), 0))
    assert Dispute.objects.get(pk=mediation.pk).state == "submitted"


def test_a_new_proposal_takes_the_place_of_the_former(unclear, mediation):
    (line,) = unclear.lines(unclear.li_wei)
    old = propose(unclear, mediation, {line.pk: 20_000})
    new = propose(unclear, mediation, {line.pk: 30_000}, day(13))

    old.refresh_from_db()
    assert (old.state, new.state) == ("dropped", "offered")
    claimant = unclear.actor(unclear.li_wei)
    with pytest.raises(errors.OfferOver):
        disputes.answer_offer(
            dispute_id=mediation.pk, offer_id=old.pk, yes=True, actor=claimant, at=day(13)
        )


@pytest.mark.parametrize("verb", ["propose", "settle"])
def test_a_result_names_lines_of_the_case_with_amounts_that_can_be_paid(unclear, mediation, verb):
    (line,) = unclear.lines(unclear.li_wei)
    for amounts in ({}, {line.pk + 1: 100}, {line.pk: -100}):
        with pytest.raises(errors.AwardIncomplete):
            conduct(unclear, mediation, verb, EVENING, amounts=amounts, reasons="so")
    with pytest.raises(Invalid):
        conduct(unclear, mediation, verb, EVENING, amounts={line.pk: 100})

    assert not Proposal.objects.exists()
    assert paid(unclear) == []


def test_what_both_signed_before_the_decider_is_paid_at_once_and_the_rest_goes_on(site):
    other = DAY.replace(day=13)
    for on in (DAY, other):
        site.punch(site.li_wei, at(on, 8), "in")
    run(site)
    first, second = (n.pk for n in site.lines(site.li_wei))
    claimant = site.actor(site.li_wei)
    found = disputes.file(line_ids=[first, second], claim="so", actor=claimant, at=day(13, 20))
    for line_id in (first, second):
        say(site, found, site.contractor, "denies", day(13, 20), line_id=line_id)
    in_arbitration(site, found, day(14))
    hear(site, found, day(14))

    conduct(site, found, "settle", day(15, 14), amounts={first: 25_000}, reasons="both signed")
    run(site)
    found.refresh_from_db()
    assert (found.state, paid(site)) == ("heard", [25_000])
    conduct(site, found, "settle", day(15, 15), amounts={second: 35_000}, reasons="that too")
    run(site)

    found.refresh_from_db()
    assert (found.state, paid(site), open_clocks(found)) == ("closed", [25_000, 35_000], 0)
    assert set(found.decisions.values_list("kind", "state")) == {("mediation", "performed")}
    with pytest.raises(errors.AwardIncomplete):
        conduct(site, found, "settle", day(15, 16), amounts={second: 1}, reasons="again")


def test_without_a_recorded_minimum_wage_nothing_is_taken_to_be_final_and_it_says_so(db, bank):
    """The employer keeps the second instance; nought needs no figure to be within twelve months."""
    site = Site.build(workers=1)
    for on in (DAY, DAY.replace(day=13)):
        site.punch(site.li_wei, at(on, 8), "in")
    run(site)
    first, second = (n.pk for n in site.lines(site.li_wei))
    claimant = site.actor(site.li_wei)
    found = disputes.file(line_ids=[first, second], claim="so", actor=claimant, at=day(13, 20))
    assign(site, found, day(14))

    disputes.decide(
        dispute_id=found.pk,
        awards={first: 40_000, second: 0},
        reasons="so",
        actor=site.arbitrator,
        at=day(14),
    )
    run(site)

    rows = {d.items[0].line_id: (d.final, d.why_not_final) for d in queries.rulings(found.pk)}
    assert rows == {first: (False, "no_minimum_wage"), second: (True, "")}
    assert paid(site) == []
    passes(site, day(30))
    assert paid(site) == [40_000]
