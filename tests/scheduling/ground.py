"""A bigger building site for plans: crews of several trades, packages that wait for each other."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from jianzhu.access.actor import SYSTEM
from jianzhu.access.authentication import new_token
from jianzhu.access.models import User
from jianzhu.kernel.db import command
from projects.scheduling import commands as scheduling
from projects.scheduling.models import WorkPackage
from projects.scheduling.plans import commands, planner
from projects.scheduling.plans.models import Offer, Plan, PlanPart
from projects.scheduling.plans.problems import Asked
from projects.scheduling.rules import SiteRule
from projects.scheduling.solver.plan import Assignment, Member
from projects.scheduling.solver.plan import Plan as SolvedPlan
from projects.scheduling.steps import NewPackage
from projects.sites.models import Site as Place
from tests.api.caller import Caller
from tests.scheduling import checker
from tests.site import START, Site, at
from workers_app.people.models import Crew, CrewMember
from workers_app.terms.models import AgreedRate, Qualification

# A Sunday evening; every plan here begins on the Monday after. Far ahead, so that no clock of an offer
# runs out by itself while a test runs.
EVE = date(2032, 2, 29)
MONDAY = date(2032, 3, 1)
TRADES = ("砌筑", "钢筋", "木工", "混凝土")
CREW = 5


class Ground:
    """A site with crews and packages; `solve` makes plans as a planner process does."""

    def __init__(self, workers: int = 4, packages: int = 0, seed: int = 1, **site) -> None:
        self.draw = random.Random(seed)
        self.site = Site.build(workers=workers, **site)
        self.project = self.site.project
        self.eve = at(EVE, 20)
        _arrange(ground=self)
        self.packages = [self._drawn(number) for number in range(packages)]

    def _drawn(self, number: int) -> WorkPackage:
        """Packages of all trades over ten weeks, each waiting for at most two before it."""
        draw = self.draw
        first = MONDAY + timedelta(days=draw.randint(0, 20))
        known = list(WorkPackage.objects.filter(project=self.project).exclude(code="WP"))
        return self.package(
            f"P{number:02d}",
            trade=TRADES[number % len(TRADES)],
            days=draw.randint(2, 5),
            headcount=draw.randint(1, 3),
            starts_on=first,
            ends_on=first + timedelta(days=75),
            due_on=first + timedelta(days=draw.randint(20, 50)),
            late="300.00",
            outdoor=draw.random() < 0.5,
            after=[p.pk for p in draw.sample(known[-8:], min(len(known), draw.randint(0, 2)))],
        )

    def package(self, code, *, after=(), late=None, **values) -> WorkPackage:
        """A package over the API's own command."""
        new = NewPackage(
            code=code, name=f"{code}号", trade="砌筑", starts_on=MONDAY,
            ends_on=MONDAY + timedelta(days=60), site_id=self.site.place.pk, days=2,
        )  # fmt: skip
        return scheduling.create_package(
            project_id=self.project.pk,
            new=replace(new, **values),
            after=after,
            late_per_day=late,
            actor=self.site.contractor,
            at=self.eve,
        )

    def rule(self, fare=0, **values) -> None:
        scheduling.set_rule(
            project_id=self.project.pk, site_id=None, valid_from=START, rule=SiteRule(**values),
            late_per_day="0", fare_per_km=f"{fare / 100:.2f}", actor=self.site.contractor, at=self.eve,
        )  # fmt: skip

    def draft(self, *packages, when=None, **asked) -> Plan:
        """A plan asked for on Sunday evening, of all packages but the site's own."""
        ids = [p.pk for p in packages or WorkPackage.objects.filter(project=self.project)]
        return commands.draft(
            project_id=self.project.pk,
            only=[pk for pk in ids if pk != self.site.package.pk],
            actor=self.site.contractor,
            at=when or self.eve,
            **asked,
        )

    def solve(self, *packages, **asked) -> Plan:
        plan = self.draft(*packages, **asked)
        planner.run_once()
        return Plan.objects.get(pk=plan.pk)

    def publish(self, plan: Plan, when=None) -> Plan:
        """What the contractor does with a plan that is solved."""
        who, when = self.site.contractor, when or self.eve
        if Plan.objects.get(pk=plan.pk).state == "solved":
            commands.propose(plan_id=plan.pk, actor=who, at=when)
        return commands.publish(plan_id=plan.pk, actor=who, at=when)

    def latest(self) -> Plan:
        return Plan.objects.filter(project=self.project).latest("pk")

    def offers(self, **where):
        return list(
            Offer.objects.filter(work_package__project=self.project, **where).order_by("pk")
        )


@command
def _arrange(*, ground: Ground) -> None:
    """People of the one crew into crews of five with a trade, a level and a wage of their own."""
    site = ground.site
    CrewMember.objects.filter(crew=site.crew).update(valid_to=START + timedelta(days=1))
    for number, worker in enumerate(site.workers):
        trade = TRADES[number // CREW % len(TRADES)]
        crew, _ = Crew.objects.get_or_create(
            employer_id=worker.employer_id,
            code=f"B-{number // CREW}",
            defaults={
                "name": f"{trade}{number // CREW}班",
                "trade": trade,
                "leader": worker,
                "created_at": at(START),
            },
        )
        CrewMember.objects.create(crew=crew, worker=worker, valid_from=START + timedelta(days=1))
        if trade != "砌筑":
            qualify(worker, "skill", trade)
        rate = AgreedRate.objects.get(agreement__worker=worker)
        rate.end(on=START + timedelta(days=1))
        rate.save()
        new = AgreedRate.objects.create(
            agreement=rate.agreement,
            basis="day",
            rate_minor=30_000 + 1_000 * ground.draw.randint(0, 12),
            valid_from=START + timedelta(days=1),
            made_by="system",
            created_at=at(START),
        )
        new.agree(by="user:0")
        new.save()


def qualify(worker, kind, name, level=1, valid_until=None):
    return Qualification.objects.create(
        worker=worker, kind=kind, name=name, level=level, valid_from=START,
        valid_until=valid_until, made_by=str(SYSTEM), created_at=at(START),
    )  # fmt: skip


def caller(ground, actor):
    """Somebody who calls on the Sunday evening before the plan."""
    found = Caller(None)
    found.now = ground.eve
    token = new_token(User.objects.get(pk=actor.user_id), ground.eve)
    found.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    return found


def second_site(ground: Ground, code: str) -> Place:
    return Place.objects.create(
        project=ground.project, code=code, name=f"{code}区", zone="Asia/Shanghai"
    )


def faults_of(plan: Plan) -> list[str]:
    """What the independent checker finds in a plan's rows, read without the product's own reader."""
    asked = Asked.read(plan.problem)
    calendar, first = list(asked.calendar.days), asked.calendar.days[0]
    placed, durations = [], {}
    for part in PlanPart.objects.filter(plan=plan).prefetch_related("seats"):
        days = [d for d in calendar if max(first, part.starts_on) <= d <= part.ends_on]
        durations[part.work_package_id] = len(days)
        team = tuple(Member(s.worker_id, s.need) for s in part.seats.all())
        placed.append(Assignment(part.work_package_id, calendar.index(days[0]), team))
    starts = {one.package: one.start for one in placed}
    short = [
        f"{p.name} is shorter than its work"
        for p in asked.problem.packages
        if durations[p.id] - standing_days(asked, p, starts[p.id], durations[p.id]) < p.duration
    ]
    longer = replace(
        asked.problem,
        packages=tuple(replace(p, duration=durations[p.id]) for p in asked.problem.packages),
    )
    return short + checker.check_plan(longer, SolvedPlan(tuple(placed)))


def standing_days(asked, package, start, duration):
    stops = asked.stops.get(package.id, ())
    return sum(start <= slot < start + duration for slot in stops)
