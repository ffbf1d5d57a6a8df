"""Work packages and assignments on the wire: quantities as text, days inclusive."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jianzhu.kernel.money import Money
from jianzhu.web.fields import DayField, InstantField, ThousandthsField
from jianzhu.web.pagination import ID_MAX
from projects.scheduling.models import StopDay, WorkPackage

CODE = r"^[^\s/\\]{1,40}\Z"
HEADCOUNT_MAX = 1_000
AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,4})?\Z"
DAYS_MAX, LEVEL_MAX, NEEDS_MAX, LINKS_MAX = 2_000, 9, 12, 200


class Ids(serializers.ListField):
    """Ids of rows."""

    child = serializers.IntegerField(min_value=1, max_value=ID_MAX)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LINKS_MAX, **kwargs)


class NeedShape(serializers.Serializer[Any]):
    """Further people that a package takes at the same time."""

    skill = serializers.CharField(max_length=40)
    level = serializers.IntegerField(min_value=0, max_value=LEVEL_MAX, default=0)
    count = serializers.IntegerField(min_value=1, max_value=HEADCOUNT_MAX, default=1)
    certificate = serializers.CharField(max_length=40, default="", allow_blank=True)


class WorkPackageShown(serializers.Serializer[Any]):
    """A piece of the work to be done."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    trade = serializers.CharField()
    item = serializers.CharField()
    unit = serializers.CharField()
    planned_quantity = ThousandthsField(source="planned_thousandths")
    starts_on = DayField()
    ends_on = DayField()
    site_id = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(allow_null=True)
    headcount = serializers.IntegerField()
    level = serializers.IntegerField()
    certificate = serializers.CharField()
    more_needs = NeedShape(many=True)
    norm_quantity = ThousandthsField(source="norm_thousandths", allow_null=True)
    outdoor = serializers.BooleanField()
    due_on = DayField(allow_null=True)
    late_per_day = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    def get_late_per_day(self, row: WorkPackage) -> str:
        return str(Money(row.late_minor, row.project.currency))

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_after(self, row: WorkPackage) -> list[int]:
        return sorted(row.waits_for.values_list("before_id", flat=True))


class WorkPackageAsked(serializers.Serializer[Any]):
    """`days` with `headcount` people, or a quantity with `norm_quantity` per person and day, which is
    used until enough was accepted to learn from. `after`: ids of packages that have to be over."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)
    trade = serializers.CharField(max_length=40)
    item = serializers.CharField(max_length=60, default="", allow_blank=True)
    unit = serializers.CharField(max_length=12, default="", allow_blank=True)
    planned_quantity = ThousandthsField(
        source="planned_thousandths", default=0, validators=[MinValueValidator(0)]
    )
    starts_on = DayField()
    ends_on = DayField()
    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX, allow_null=True, default=None)
    days = serializers.IntegerField(min_value=1, max_value=DAYS_MAX, allow_null=True, default=None)
    headcount = serializers.IntegerField(min_value=1, max_value=HEADCOUNT_MAX, default=1)
    level = serializers.IntegerField(min_value=0, max_value=LEVEL_MAX, default=0)
    certificate = serializers.CharField(max_length=40, default="", allow_blank=True)
    more_needs = NeedShape(many=True, default=list)
    norm_quantity = ThousandthsField(
        source="norm_thousandths",
        default=None,
        allow_null=True,
        validators=[MinValueValidator(1)],
    )
    outdoor = serializers.BooleanField(default=True)
    due_on = DayField(allow_null=True, default=None)
    late_per_day = serializers.RegexField(AMOUNT, allow_null=True, default=None)
    after = Ids(default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _in_order(attrs)


class LinksAsked(serializers.Serializer[Any]):
    """Ids of packages that have to be over first."""

    after = Ids()


class SchedulingRuleShown(serializers.Serializer[Any]):
    """What plans have to keep on a project, or on one of its sites, from `valid_from` on."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    site_id = serializers.IntegerField(allow_null=True)
    valid_from = DayField()
    rule = serializers.DictField(source="document")
    made_by = serializers.CharField()


class SchedulingRuleAsked(serializers.Serializer[Any]):
    """A site's own rule stands before the project's. `late_per_day`: the agreed price of each working
    day that the site's last package ends after `due_on`. `fare_per_km`: what a kilometre of the way to
    work counts a day; of the project's own rule only."""

    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX, allow_null=True, default=None)
    valid_from = DayField()
    headcount = serializers.IntegerField(
        min_value=1, max_value=100_000, allow_null=True, default=None
    )
    opens_on = DayField(allow_null=True, default=None)
    closes_on = DayField(allow_null=True, default=None)
    due_on = DayField(allow_null=True, default=None)
    late_per_day = serializers.RegexField(AMOUNT, default="0")
    fare_per_km = serializers.RegexField(AMOUNT, default="0")
    week_days_max = serializers.IntegerField(min_value=1, max_value=7, default=6)
    rest_days = serializers.IntegerField(min_value=0, max_value=14, default=0)
    weekends = serializers.BooleanField(default=False)
    crews_may_split = serializers.BooleanField(default=False)
    answer_hours = serializers.IntegerField(min_value=1, max_value=240, default=24)


class StopDayShown(serializers.Serializer[Any]):
    """A day on which outdoor work stands still."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    site_id = serializers.IntegerField(allow_null=True)
    on = DayField()
    why = serializers.CharField()
    made_by = serializers.CharField()


class StopDayAsked(serializers.Serializer[Any]):
    project_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    site_id = serializers.IntegerField(min_value=1, max_value=ID_MAX, allow_null=True, default=None)
    on = DayField()
    why = serializers.ChoiceField(StopDay.WHYS)


class AssignmentShown(serializers.Serializer[Any]):
    """A crew is to do a work package from `starts_on` to `ends_on`."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField(source="work_package.project_id")
    work_package_id = serializers.IntegerField()
    crew_id = serializers.IntegerField()
    starts_on = DayField()
    ends_on = DayField()
    headcount = serializers.IntegerField()
    state = serializers.CharField()
    reason = serializers.CharField()
    answered_at = InstantField(allow_null=True)


class AssignmentProposed(serializers.Serializer[Any]):
    work_package_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    starts_on = DayField()
    ends_on = DayField()
    headcount = serializers.IntegerField(min_value=1, max_value=HEADCOUNT_MAX)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _in_order(attrs)


def _in_order(attrs: dict[str, Any]) -> dict[str, Any]:
    if attrs["ends_on"] < attrs["starts_on"]:
        raise serializers.ValidationError({"ends_on": "Not before starts_on."})
    return attrs
