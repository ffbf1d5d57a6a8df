"""Whatever is accepted in whatever parts by whatever rule: nothing is lost, nothing is made."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlements.milestones import commands, rules
from settlements.milestones.models import Milestone, MilestonePart
from settlements.milestones.steps import NewMilestone
from tests.milestones.conftest import CURE, LAST, LONG
from tests.site import DAY, at

WEIGHTS = st.dictionaries(st.integers(1, 10**6), st.integers(1, 10**7), min_size=1, max_size=30)
NUMBERS = count()  # each example plans a milestone beside those of the former


@given(total=st.integers(-(10**12), 10**12), weights=WEIGHTS, data=st.data())
def test_shares_sum_to_the_whole_in_any_order(total, weights, data):
    shares = rules.amounts(total, weights)
    shuffled = dict(data.draw(st.permutations(list(weights.items()))))

    assert sum(shares.values()) == total
    assert rules.amounts(total, shuffled) == shares
    assert all(amount * total >= 0 for amount in shares.values())


@given(
    labour=st.integers(1, 10**12),
    share=st.fractions(0, 1),
    cuts=st.lists(st.fractions(0, 1), max_size=8),
)
def test_what_is_kept_grows_with_what_is_accepted_and_ends_as_agreed(labour, share, cuts):
    retention = int(labour * share)
    accepted = sorted({int(labour * cut) for cut in cuts} | {0, labour})

    kept = [rules.kept(sum_, labour, retention) for sum_ in accepted]

    assert kept == sorted(kept)
    assert (kept[0], kept[-1]) == (0, retention)
    for before, after, low, high in zip(accepted, accepted[1:], kept, kept[1:], strict=False):
        assert high - low <= after - before, "never more kept than was accepted"


PARTS = st.lists(st.integers(1, 1_000_000), max_size=5)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    sums=PARTS,
    retention=st.integers(0, 1_000_000),
    rule=st.sampled_from(["workdays", "equal"]),
    whole=st.booleans(),
)
def test_any_partial_acceptances_come_to_what_was_accepted(
    crew, site, sums, retention, rule, whole
):
    if not site.lines():
        crew.work(8, 7, 3)
    milestone = _plan(crew, site, retention, rule)
    accepted = 0
    for sum_ in sorted(set(sums)):
        if accepted < sum_ < 1_000_000:
            crew.submit(milestone)
            crew.accept(milestone, sum_)
            accepted = sum_
    if whole:
        crew.submit(milestone)
        crew.accept(milestone)
        accepted = 1_000_000

    parts = list(MilestonePart.objects.filter(milestone=milestone))
    assert sum(p.amount_minor for p in parts) == accepted
    kept = sum(p.amount_minor for p in parts if p.kind == "retention")
    assert kept == accepted * retention // 1_000_000
    for part in parts:
        assert sum(part.shares.values_list("amount_minor", flat=True)) == part.amount_minor
    assert Milestone.objects.get(pk=milestone.pk).accepted_minor == accepted


def _plan(crew, site, retention, rule):
    new = NewMilestone(
        project_id=site.project.pk,
        crew_id=site.crew.pk,
        contract="BZ-7",
        number=f"P-{next(NUMBERS)}",
        name="wall",
        work_from=DAY,
        work_to=LAST,
        labour_minor=1_000_000,
        retention_minor=retention,
        retention_until=CURE.replace(year=CURE.year + 5) if retention else None,
        share_rule=rule,
        sign_days=LONG,
    )
    return commands.plan(new=new, actor=site.contractor, at=at(DAY, 7))
