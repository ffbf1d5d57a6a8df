"""Django looks for models here; they live in their rooms."""

from projects.acceptance.models import Inspection, Photo, Signature, TaskSheet
from projects.attendance.models import (
    AttendanceRule,
    Correction,
    DayRecord,
    DeviceBody,
    IngestCount,
    ParkedEvent,
    Punch,
)
from projects.attendance.phones.models import Phone, PhonePunch, PunchSignal, SiteFence
from projects.attendance.rollcall.models import RollCall, RollCallEntry
from projects.scheduling.models import (
    Assignment,
    PackageLink,
    SchedulingRule,
    StopDay,
    WorkPackage,
)
from projects.scheduling.plans.models import (
    Offer,
    Plan,
    PlanNeighbourhood,
    PlanPart,
    PlanProgress,
    PlanSeat,
)
from projects.sites.models import (
    Device,
    DeviceAlarm,
    DeviceDrift,
    DeviceHour,
    Enrolment,
    Party,
    Policy,
    Project,
    Site,
)

__all__ = [
    "Assignment",
    "AttendanceRule",
    "Correction",
    "DayRecord",
    "Device",
    "DeviceAlarm",
    "DeviceBody",
    "DeviceDrift",
    "DeviceHour",
    "Enrolment",
    "IngestCount",
    "Inspection",
    "Offer",
    "PackageLink",
    "ParkedEvent",
    "Party",
    "Phone",
    "PhonePunch",
    "Photo",
    "Plan",
    "PlanNeighbourhood",
    "PlanPart",
    "PlanProgress",
    "PlanSeat",
    "Policy",
    "Project",
    "Punch",
    "PunchSignal",
    "RollCall",
    "RollCallEntry",
    "SchedulingRule",
    "Signature",
    "Site",
    "SiteFence",
    "StopDay",
    "TaskSheet",
    "WorkPackage",
]
