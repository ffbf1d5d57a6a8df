"""What the solver says, in the words of the site: names and days instead of numbers and slots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.scheduling.models import WorkPackage
from projects.scheduling.plans.problems import ALIAS
from projects.scheduling.rules import Calendar
from projects.sites.models import Site
from workers_app.people import queries as people

CLASH = {
    "demand": gettext_noop("%(package)s has to be done: %(duration)s days with %(needs)s."),
    "latest": gettext_noop("%(package)s has to be over by %(latest)s."),
    "horizon": gettext_noop("Everything has to be over by %(horizon)s."),
    "earliest": gettext_noop("%(package)s can't start before %(earliest)s."),
    "fixed": gettext_noop("%(package)s is pinned to %(start)s with %(team)s."),
    "off": gettext_noop("%(worker)s is away from %(first)s to %(last)s (%(why)s)."),
    "certificate": gettext_noop("The certificate %(certificate)s of %(worker)s ends on %(void)s."),
    "headcount": gettext_noop("%(site)s takes %(headcount)s people at once."),
    "capacity": gettext_noop("There are %(capacity)s of %(resource)s."),
    "limit": gettext_noop("%(worker)s may work %(slots)s days from %(first)s to %(last)s."),
    "crew": gettext_noop("%(crew)s stays together at one package."),
    "people": gettext_noop(
        "%(count)s people have %(skill)s at level %(level)s with %(certificate)s."
    ),
    "undecided": gettext_noop(
        "No plan was found in the time given, and none is proved impossible: give it more time."
    ),
}
REPAIRS = {
    "later": gettext_noop("Let %(package)s end by %(until)s, %(slots)s days later."),
    "more_people": gettext_noop(
        "Find %(count)s more people with %(skill)s at level %(level)s and %(certificate)s."
    ),
    "certify": gettext_noop(
        "Get %(worker)s the certificate %(certificate)s, valid until %(until)s."
    ),
    "lift": gettext_noop("Lift this: %(rule)s"),
}
BREACHES = {
    "missing": gettext_noop("%(package)s is not in the plan."),
    "window": gettext_noop("%(package)s runs from %(start)s to %(ends)s, outside its window."),
    "order": gettext_noop(
        "%(package)s starts on %(start)s, before %(before)s is over on %(ends)s."
    ),
    "headcount": gettext_noop("%(package)s has %(found)s of the %(count)s people with %(skill)s."),
    "skill": gettext_noop("%(worker)s can't serve as %(skill)s in %(package)s."),
    "certificate": gettext_noop(
        "The certificate %(certificate)s of %(worker)s ends before %(package)s is over."
    ),
    "off": gettext_noop("%(worker)s is away (%(why)s) during %(package)s."),
    "double": gettext_noop("%(worker)s is at %(first)s and %(second)s at once, or without rest."),
    "limit": gettext_noop(
        "%(worker)s works %(slots)s days from %(first)s to %(last)s; %(most)s are allowed."
    ),
    "crew": gettext_noop("%(crew)s is at %(first)s and %(second)s at once and may not split."),
    "resource": gettext_noop(
        "%(resource)s: %(used)s at once on %(slot)s; %(capacity)s are allowed."
    ),
    "fixed": gettext_noop("%(package)s was pinned and is elsewhere."),
}
WHYS = {
    "at_once": gettext_noop("It starts on the first day there is."),
    "window": gettext_noop("It can't start before %(earliest)s."),
    "after": gettext_noop("It waits for %(package)s, which is over the day before."),
    "people": gettext_noop("A day earlier it would break this: %(breach)s"),
    "choice": gettext_noop(
        "It could start earlier; later costs no more, or makes the whole plan cheaper."
    ),
    "fixed": gettext_noop("It was pinned, or runs already."),
    "cheapest": gettext_noop("%(worker)s is the cheapest who qualifies."),
    "cheaper_busy": gettext_noop(
        "%(worker)s is in the team because %(cheaper)s, who would cost %(less)s less a day, can't: "
        "%(breach)s"
    ),
    "cheaper_free": gettext_noop(
        "%(worker)s is in the team; %(cheaper)s would cost %(less)s less a day."
    ),
}
FAULTS = {
    "empty": gettext_noop("there is nothing to plan."),
    "cycle": gettext_noop("the packages %(packages)s wait for each other in a circle."),
    "negative_duration": gettext_noop("%(package)s has a duration of %(duration)s days."),
    "window_short": gettext_noop(
        "%(package)s takes %(duration)s days, but its window from %(earliest)s to %(latest)s has only "
        "%(room)s."
    ),
    "no_workers": gettext_noop("nobody has agreed terms on this project."),
    "nobody": gettext_noop(
        "nobody can do %(package)s: it needs %(count)s people with %(skill)s at level %(level)s and "
        "%(certificate)s, and %(found)s qualify."
    ),
    "fixed_overlap": gettext_noop(
        "%(worker)s is pinned to %(first)s and %(second)s at the same time."
    ),
    "fixed_twice": gettext_noop("%(package)s is pinned twice."),
    "fixed_past": gettext_noop("%(package)s is pinned to a day before the plan begins."),
    "fixed_early": gettext_noop(
        "%(package)s is pinned to %(start)s, before %(before)s, which it waits for, is over on %(ends)s."
    ),
    "unknown": gettext_noop("%(package)s refers to %(noun)s %(id)s, which is not in the plan."),
    "unknown_worker": gettext_noop(
        "%(package)s is pinned with worker %(id)s, who has no terms here."
    ),
    "too_big": gettext_noop("%(what)s is %(amount)s; more than %(most)s can't be planned."),
}
MOVES = {
    "declined": gettext_noop("%(worker)s declined."),
    "ill": gettext_noop("%(worker)s is away (%(why)s) from %(first)s to %(last)s."),
    "not_come": gettext_noop("%(worker)s did not come on %(on)s."),
    "no_terms": gettext_noop("%(worker)s is not available on these days any more."),
    "stopped": gettext_noop("Work outdoors stands still on %(on)s (%(why)s)."),
    "by_hand": gettext_noop("It was moved by hand."),
    "waits": gettext_noop("It waits for %(package)s, which is over later."),
    "person_needed": gettext_noop("%(worker)s is needed at %(package)s."),
    "person_busy": gettext_noop("%(worker)s is at %(package)s on the earlier days."),
    "makes_room": gettext_noop("It makes room for a package that had to move."),
}
BOOKS: Mapping[str, Mapping[str, str]] = {
    "clash": CLASH,
    "repair": REPAIRS,
    "breach": BREACHES,
    "why": WHYS,
    "fault": FAULTS,
    "move": MOVES,
}
# Which facts name what. `slot` is the day of a slot, `end` the last day before one.
PACKAGES = {"package", "before"}
WORKERS = {"worker", "cheaper"}
SLOTS = {"start", "earliest", "slot"}
ENDS = {"ends", "latest", "until", "horizon", "void"}
PAIRS = {"double", "crew", "fixed_overlap"}  # `first` and `second` are packages


@dataclass(frozen=True, slots=True)
class Names:
    """What ids and slots are called."""

    packages: Mapping[int, str]
    workers: Mapping[int, str]
    sites: Mapping[int, str]
    crews: Mapping[int, str]
    calendar: Calendar
    money: Any = str

    def say(self, book: str, code: str, facts: Mapping[str, Any]) -> str:
        """The sentence in the reader's language."""
        sentence = BOOKS[book].get(code)
        if sentence is None:
            return code
        shown = {name: self._shown(code, name, value) for name, value in facts.items()}
        return _(sentence) % shown

    def _shown(self, code: str, name: str, value: Any) -> Any:
        if name in ("breach", "rule"):
            book = "breach" if name == "breach" else "clash"
            inner = (
                value if isinstance(value, Mapping) else {"code": value.code, "facts": value.facts}
            )
            return self.say(book, inner["code"], inner["facts"])
        if name in PACKAGES or (code in PAIRS and name in ("first", "second")):
            return self.packages.get(value, value)
        if name in WORKERS:
            return self.workers.get(value, value)
        if name in ("first", "last") and isinstance(value, int):
            return self._day(value if name == "first" else value - 1)
        if name in SLOTS and isinstance(value, int):
            return self._day(value)
        if name in ENDS and isinstance(value, int):
            return self._day(value - 1)
        return self._word(name, value)

    def _word(self, name: str, value: Any) -> Any:
        if name == "team":
            known = value if isinstance(value, list | tuple) else [value]
            return ", ".join(str(self.workers.get(pk, pk)) for pk in known) or _("nobody")
        if name == "packages" and isinstance(value, str):
            return " → ".join(self._package(pk) for pk in value.split(" → "))
        if name in ("site", "resource"):
            return self.sites.get(value, value)
        if name == "crew":
            return self.crews.get(value, value)
        if name == "certificate":
            return _("no certificate") if value in (None, "no certificate") else value
        if name == "why":
            return _(str(value))
        if name == "less" and isinstance(value, int):
            return self.money(value)
        if isinstance(value, str) and name in ("skill", "needs"):
            return re.sub(rf"{re.escape(ALIAS)}\d+", "", value)
        return value

    def _package(self, pk: str) -> str:
        return self.packages.get(int(pk), pk) if pk.isdigit() else pk

    def _day(self, slot: int) -> str:
        return self.calendar.day(slot).isoformat()


def names_of(
    project_id: int, calendar: Calendar, worker_ids: Iterable[int], crews: Iterable[int], money: Any
) -> Names:
    """The names that a project's plans need."""
    packages = WorkPackage.objects.filter(project_id=project_id)
    places = Site.objects.filter(project_id=project_id)
    return Names(
        {pk: f"{code} {name}" for pk, code, name in packages.values_list("pk", "code", "name")},
        people.names(worker_ids),
        dict(places.values_list("pk", "name")),
        people.crew_names(crews),
        calendar,
        money,
    )
