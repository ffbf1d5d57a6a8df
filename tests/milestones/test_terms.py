"""Terms that can't be paid are refused when they are planned, with a code; who made them checks nothing."""

from datetime import timedelta

import pytest

from jianzhu.kernel.errors import NotFound, SameHand, WrongState
from settlements.milestones import commands, errors
from settlements.milestones.models import Milestone
from tests.milestones.conftest import CURE, LAST
from tests.site import DAY, Site, at


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"labour": 0}, errors.BadAmount),
        ({"labour": 100, "retention_minor": 101, "retention_until": CURE}, errors.BadAmount),
        ({"labour": 100, "retention_minor": 10}, errors.BadAmount),
        ({"labour": 100, "retention_minor": 10, "retention_until": LAST}, errors.BadAmount),
        ({"share_rule": "points"}, errors.NoPoints),
        ({"share_rule": "equal", "share_points": "all"}, errors.NoPoints),
        ({"share_rule": "percent", "share_points": "all"}, errors.NotAHundred),
        ({"share_rule": "points", "share_points": {"0": 5}}, errors.NotInCrew),
    ],
    ids=[
        "nothing to pay",
        "more kept than there is",
        "kept for ever",
        "kept until before the end",
        "no points",
        "points nobody needs",
        "150 percent",
        "a stranger",
    ],
)
def test_terms_that_can_never_be_paid_are_refused(crew, site, terms, refusal):
    if terms.get("share_points") == "all":
        terms = {**terms, "share_points": {str(w.pk): 50 for w in site.workers}}

    with pytest.raises(refusal):
        crew.plan(**terms)
    assert Milestone.objects.count() == 0


def test_the_same_terms_again_are_the_same_milestone_and_others_are_refused(crew):
    first, again = crew.plan(), crew.plan()

    assert first.pk == again.pk
    with pytest.raises(errors.MilestoneDiffers):
        crew.plan(labour=1)


def test_a_rule_that_names_who_was_not_there_pays_nobody_and_says_so(crew, site):
    crew.work(8, 8, None)
    milestone = crew.plan(share_rule="points", share_points={str(w.pk): 10 for w in site.workers})
    crew.submit(milestone)
    crew.accept(milestone)

    lines = crew.lines()
    assert {(n.state, n.reason, n.owed_by, n.label) for n in lines} == {
        ("held", "share_refused", "crew_leader", "absent_sharer")
    }
    assert len(lines) == 3, "all who are named see why"


@pytest.mark.parametrize(
    ("rule", "figures", "amounts"),
    [
        ("workdays", None, [400_000, 400_000, 200_000]),
        ("equal", None, [333_334, 333_333, 333_333]),
        ("points", (14, 12, 9), [400_000, 342_857, 257_143]),
        ("percent", (50, 30, 20), [500_000, 300_000, 200_000]),
    ],
)
def test_each_rule_shares_to_the_last_fen(crew, site, rule, figures, amounts):
    crew.work(8, 8, 4)
    points = {} if figures is None else dict(zip(_ids(site), figures, strict=True))
    milestone = crew.plan(labour=1_000_000, share_rule=rule, share_points=points)
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)

    assert crew.amounts() == [[("released", amount)] for amount in amounts]


def _ids(site):
    return [str(w.pk) for w in site.workers]


def test_who_planned_it_neither_hands_it_in_nor_accepts_it(crew, site):
    milestone = crew.plan()
    crew.submit(milestone)

    with pytest.raises(SameHand):
        commands.accept(milestone_id=milestone.pk, actor=site.contractor, at=at(LAST, 19))


def test_an_accepted_whole_is_not_handed_in_again(crew):
    milestone = crew.plan()
    crew.submit(milestone)
    crew.accept(milestone)

    with pytest.raises(errors.NothingLeft):
        crew.submit(milestone)


@pytest.mark.parametrize("minor", [0, 300_000, 299_999, 900_000, 900_001])
def test_a_part_is_more_than_before_and_less_than_the_whole(crew, minor):
    milestone = crew.plan()
    crew.submit(milestone)
    crew.accept(milestone, 300_000)
    crew.submit(milestone, at(LAST, 20))

    with pytest.raises(errors.PartAmount):
        crew.accept(milestone, minor)


def test_only_what_is_planned_is_cancelled(crew, site):
    milestone = crew.plan()
    crew.submit(milestone)

    with pytest.raises(WrongState):
        commands.cancel(milestone_id=milestone.pk, actor=site.contractor, at=at(LAST, 19))


def test_a_correction_has_two_people_and_names_sharers(crew, site):
    crew.work(8, 8, None)
    milestone = crew.plan()
    crew.submit(milestone)

    def propose(worker, reference="B-1"):
        return commands.propose_correction(
            milestone_id=milestone.pk,
            amounts={worker.pk: 100},
            reason="so",
            reference=reference,
            actor=site.contractor,
            at=at(LAST, 20),
        )

    with pytest.raises(errors.SharesOpen):
        propose(site.li_wei)
    crew.accept(milestone)
    with pytest.raises(errors.NotASharer):
        propose(site.workers[2])
    correction = propose(site.li_wei)
    with pytest.raises(SameHand):
        commands.agree_correction(
            correction_id=correction.pk, actor=site.contractor, at=at(LAST, 21)
        )


def test_the_owner_of_another_site_finds_no_such_milestone(crew):
    milestone = crew.plan()
    crew.submit(milestone)
    foreign = Site.build(code="T-2")

    with pytest.raises(NotFound):
        commands.accept(
            milestone_id=milestone.pk, actor=foreign.owner, at=at(DAY + timedelta(days=2))
        )
