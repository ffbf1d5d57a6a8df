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
from projects.scheduling.models import Assignment, WorkPackage
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
    "ParkedEvent",
    "Party",
    "Phone",
    "PhonePunch",
    "Photo",
    "Policy",
    "Project",
    "Punch",
    "PunchSignal",
    "RollCall",
    "RollCallEntry",
    "Signature",
    "Site",
    "SiteFence",
    "TaskSheet",
    "WorkPackage",
]
