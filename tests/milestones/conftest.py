"""A crew with a milestone: planned by the contractor, handed in by its leader, accepted by the owner."""

from datetime import timedelta

import pytest

from projects.sites.models import Policy
from settlements.milestones import commands
from settlements.milestones.models import Milestone, MilestoneShare
from settlements.milestones.steps import NewMilestone
from tests.acceptance.conftest import browse, call  # noqa: F401 - the same callers
from tests.site import DAY, START, at
from tests.stories.conftest import bank, site  # noqa: F401 - the small site and its truths

LONG = 3_650  # working days: its clock does not run out while the test runs
LAST = DAY + timedelta(days=1)
CURE = DAY + timedelta(days=10)


class Crew:
    """What a test does to one milestone of the site's crew."""

    def __init__(self, site) -> None:  # noqa: F811
        self.site = site

    def work(self, *hours) -> None:
        """Each worker in turn works so many hours on the first day (None: is not there)."""
        for worker, count in zip(self.site.workers, hours, strict=False):
            if count:
                self.site.work(worker, DAY, 8, 8 + count)
        self.site.run()

    def nobody_answers_in_time(self) -> None:
        """The silence clock does not run out while the test runs."""
        Policy.objects.create(
            project=self.site.project,
            valid_from=START + timedelta(days=1),
            silence_days=LONG,
            made_by="system",
        )

    def plan(self, labour=900_000, **terms) -> Milestone:
        terms = {"sign_days": LONG, **terms}
        new = NewMilestone(
            project_id=self.site.project.pk,
            crew_id=self.site.crew.pk,
            contract="BZ-7",
            number="M-1",
            name="3层墙完成",
            work_from=DAY,
            work_to=LAST,
            labour_minor=labour,
            **terms,
        )
        return commands.plan(new=new, actor=self.site.contractor, at=at(DAY, 7))

    def submit(self, milestone, when=None) -> None:
        commands.submit(milestone_id=milestone.pk, actor=self.site.leader, at=when or at(LAST, 18))

    def accept(self, milestone, minor=None) -> None:
        if minor is None:
            commands.accept(milestone_id=milestone.pk, actor=self.site.owner, at=at(LAST, 19))
        else:
            commands.accept_partly(
                milestone_id=milestone.pk,
                accepted_minor=minor,
                defect="cracks",
                cure_by=CURE,
                actor=self.site.owner,
                at=at(LAST, 19),
            )

    def reject(self, milestone) -> None:
        commands.reject(
            milestone_id=milestone.pk,
            defect="not plumb",
            cure_by=CURE,
            actor=self.site.owner,
            at=at(LAST, 19),
        )

    def sign(self, *workers) -> None:
        for worker in workers or self.site.workers:
            share = MilestoneShare.objects.exclude(state="replaced").get(worker=worker)
            commands.sign(
                share_id=share.pk,
                seen=share.digest,
                actor=self.site.actor(worker),
                at=at(LAST, 20),
            )

    def lines(self, worker=None):
        self.site.run()
        return [n for n in self.site.lines(worker) if n.kind == "milestone" and n.state != "void"]

    def amounts(self):
        """(state, amount) of each worker's milestone lines, in the order of workers and keys."""
        return [[(n.state, n.amount_minor) for n in self.lines(w)] for w in self.site.workers]


@pytest.fixture
def crew(site):  # noqa: F811
    return Crew(site)
