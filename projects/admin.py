"""Sites, planning, attendance and acceptance, for operators to look at."""

from jianzhu.web.admin import show
from projects.models import (
    Assignment,
    AttendanceRule,
    Correction,
    DayRecord,
    Device,
    DeviceBody,
    Enrolment,
    Inspection,
    ParkedEvent,
    Party,
    Policy,
    Project,
    Punch,
    Site,
    TaskSheet,
    WorkPackage,
)

show(
    Project,
    Policy,
    Party,
    Site,
    Device,
    Enrolment,
    WorkPackage,
    Assignment,
    AttendanceRule,
    DeviceBody,
    Punch,
    ParkedEvent,
    DayRecord,
    Correction,
    TaskSheet,
    Inspection,
)
