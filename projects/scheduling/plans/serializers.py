"""Plans, their parts, and offers on the wire: amounts as text, days inclusive."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField, InstantField
from jianzhu.web.pagination import ID_MAX
from projects.scheduling.plans import faults, queries
from projects.scheduling.plans.models import Offer, Plan, PlanPart
from projects.scheduling.serializers import Ids

WEIGHT_MAX, SEED_MAX, SECONDS_MAX, WORK_MAX = 10**6, 2**31 - 1, 3_600, 3_600
PINS_MAX = 500


class WeightsShape(serializers.Serializer[Any]):
    """What counts, and how much: each measure times its weight, summed."""

    labour = serializers.IntegerField(min_value=0, max_value=WEIGHT_MAX, default=1)
    travel = serializers.IntegerField(min_value=0, max_value=WEIGHT_MAX, default=1)
    lateness = serializers.IntegerField(min_value=0, max_value=WEIGHT_MAX, default=1)
    makespan = serializers.IntegerField(min_value=0, max_value=WEIGHT_MAX, default=0)
    fairness = serializers.IntegerField(min_value=0, max_value=WEIGHT_MAX, default=0)
    stability = serializers.IntegerField(min_value=0, max_value=WEIGHT_MAX, default=0)


class PinShape(serializers.Serializer[Any]):
    """A package that stays where a person has put it: its first day, its people, or both."""

    work_package_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    starts_on = DayField(allow_null=True, default=None)
    worker_ids = Ids(allow_null=True, default=None)


class PlanAsked(serializers.Serializer[Any]):
    """`work`: deterministic units; with them the same seed gives the same plan on every machine.
    `seconds`: on the wall. `gap`: good enough, 0.01 is one per cent. `work_package_ids`: only these."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    starts_on = DayField(allow_null=True, default=None)
    weights = WeightsShape(default=dict)
    seed = serializers.IntegerField(min_value=0, max_value=SEED_MAX, default=1)
    work = serializers.FloatField(min_value=0.1, max_value=WORK_MAX, allow_null=True, default=None)
    seconds = serializers.FloatField(
        min_value=0.1, max_value=SECONDS_MAX, allow_null=True, default=None
    )
    gap = serializers.FloatField(min_value=0.0, max_value=1.0, default=0.0)
    pins = PinShape(many=True, default=list)
    work_package_ids = Ids(default=list)

    def validate_pins(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(value) > PINS_MAX:
            raise serializers.ValidationError(f"At most {PINS_MAX}.")
        return value


class NoShape(serializers.Serializer[Any]):
    """Why there is no plan: what clashes, and the ways out, the cheapest first."""

    clash = serializers.ListField(child=serializers.CharField())
    repairs = serializers.ListField(child=serializers.CharField())


class PlanShown(serializers.Serializer[Any]):
    """One attempt to plan a project. Shares are in ten-thousandths."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    based_on_id = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    starts_on = DayField()
    seed = serializers.IntegerField()
    stop = serializers.DictField()
    weights = serializers.DictField(source="problem.problem.weights")
    currency = serializers.CharField(source="project.currency")
    cost = serializers.SerializerMethodField()
    foreman_cost = serializers.SerializerMethodField()
    objective = serializers.IntegerField(source="result.objective", default=None)
    bound = serializers.IntegerField(source="result.bound", default=None)
    gap = serializers.IntegerField(source="result.gap", default=None)
    makespan = serializers.IntegerField(source="result.makespan", default=None)
    utilisation = serializers.IntegerField(source="result.utilisation", default=None)
    measures = serializers.DictField(source="result.measures", default=None)
    ended_by = serializers.CharField(source="result.ended_by", default=None)
    moved = serializers.IntegerField(source="result.moved", default=None)
    could_stay = serializers.IntegerField(source="result.could_stay", default=None)
    stayed = serializers.IntegerField(source="result.stayed", default=None)
    causes = serializers.SerializerMethodField()
    breaches = serializers.SerializerMethodField()
    no_plan = serializers.SerializerMethodField()
    cancel_asked_at = InstantField(allow_null=True)
    made_by = serializers.CharField()
    created_at = InstantField()
    solved_at = InstantField(allow_null=True)
    published_at = InstantField(allow_null=True)

    def get_cost(self, row: Plan) -> str | None:
        return _amount(row, row.result.get("cost"))

    def get_foreman_cost(self, row: Plan) -> str | None:
        return _amount(row, row.result.get("foreman", {}).get("cost"))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_causes(self, row: Plan) -> list[str]:
        known = [c for c in row.causes if c["code"] != "by_hand"]
        return faults.sentences(row, "move", known)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_breaches(self, row: Plan) -> list[str]:
        return faults.sentences(row, "breach", row.result.get("breaches", []))

    @extend_schema_field(NoShape(allow_null=True))
    def get_no_plan(self, row: Plan) -> dict[str, Any] | None:
        no = queries.no_plan(row)
        return None if no is None else {"clash": list(no.clash), "repairs": list(no.repairs)}


def _amount(row: Plan, minor: int | None) -> str | None:
    return None if minor is None else str(Money(minor, row.project.currency))


class ProgressShown(serializers.Serializer[Any]):
    """One line of news of a running search."""

    id = serializers.IntegerField()
    at = InstantField()
    seconds = serializers.FloatField()
    phase = serializers.CharField()
    objective = serializers.IntegerField(allow_null=True)
    bound = serializers.IntegerField()
    note = serializers.CharField()


class SeatShape(serializers.Serializer[Any]):
    """Somebody's seat on a part."""

    worker_id = serializers.IntegerField()
    crew_id = serializers.IntegerField(allow_null=True)
    need = serializers.IntegerField()
    starts_on = DayField()
    ends_on = DayField()


class PlanPartShown(serializers.Serializer[Any]):
    """A package's place in a plan with its people; `moved` says why it is elsewhere than before."""

    id = serializers.IntegerField()
    plan_id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="plan.project_id")
    work_package_id = serializers.IntegerField()
    starts_on = DayField()
    ends_on = DayField()
    pinned = serializers.BooleanField()
    moved = serializers.SerializerMethodField()
    seats = SeatShape(many=True)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_moved(self, row: PlanPart) -> list[str]:
        return faults.sentences(row.plan, "move", row.moved)


class PlanPartWhy(PlanPartShown):
    """The same with why it starts then, and why with these people."""

    why = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_why(self, row: PlanPart) -> list[str]:
        return queries.reasons(row)


class MoveAsked(serializers.Serializer[Any]):
    """Another first day, and other people where they are named."""

    work_package_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    starts_on = DayField()
    worker_ids = Ids(allow_null=True, default=None)


class ScoreShown(serializers.Serializer[Any]):
    """What a move changes, and the rules that it breaks."""

    cost_before = serializers.CharField()
    cost_after = serializers.CharField()
    lateness_before = serializers.CharField()
    lateness_after = serializers.CharField()
    ends_on_before = DayField()
    ends_on_after = DayField()
    breaches = serializers.ListField(child=serializers.CharField())


class WorkOfferShown(serializers.Serializer[Any]):
    """Work offered to one worker."""

    id = serializers.IntegerField()
    plan_id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="work_package.project_id")
    work_package_id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    crew_id = serializers.IntegerField(allow_null=True)
    starts_on = DayField()
    ends_on = DayField()
    day_wage = serializers.SerializerMethodField()
    state = serializers.CharField()
    answer_due_at = InstantField()
    answered_at = InstantField(allow_null=True)
    reason = serializers.CharField()
    missed_on = DayField(allow_null=True)

    def get_day_wage(self, row: Offer) -> str:
        return str(Money(row.rate_minor, row.work_package.project.currency))


class WeekShown(serializers.Serializer[Any]):
    """Wages of a week, from the agreed terms."""

    monday = DayField()
    days = serializers.IntegerField()
    wages = serializers.CharField()


class DifferenceShown(serializers.Serializer[Any]):
    """A package that is elsewhere in the other plan."""

    package_id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    before = serializers.ListField(child=DayField(), allow_null=True)
    after = serializers.ListField(child=DayField(), allow_null=True)
    left = serializers.ListField(child=serializers.CharField())
    joined = serializers.ListField(child=serializers.CharField())


class PaceShown(serializers.Serializer[Any]):
    """What one person makes a day of eight hours: the median of `sample` accepted sheets."""

    trade = serializers.CharField()
    item = serializers.CharField()
    unit = serializers.CharField()
    thousandths = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    sample = serializers.IntegerField()


class DoneShown(serializers.Serializer[Any]):
    """Planned against done."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    planned_days = serializers.IntegerField()
    planned_until_now = serializers.IntegerField()
    worked_thousandths = serializers.IntegerField()
    burned_minutes = serializers.IntegerField()
    earned_minutes = serializers.IntegerField(allow_null=True)
    accepted_thousandths = serializers.IntegerField()
    planned_thousandths = serializers.IntegerField()
    efficiency = serializers.IntegerField(allow_null=True)


def items_of(shown: type[serializers.Serializer[Any]]) -> Any:
    """The shape of a whole list."""
    name = shown.__name__.removesuffix("Shown") + "Items"
    return type(name, (serializers.Serializer,), {"items": shown(many=True)})


class PerformanceShown(serializers.Serializer[Any]):
    """Planned against done until a day."""

    on = DayField()
    packages = DoneShown(many=True)
    crews = DoneShown(many=True)
