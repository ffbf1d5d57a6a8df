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
    "Photo",
    "Policy",
    "Project",
    "Punch",
    "Signature",
    "Site",
    "TaskSheet",
    "WorkPackage",
]
