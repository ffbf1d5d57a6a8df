"""Paths of attendance in the API."""

from django.urls import path

from projects.attendance import api
from projects.attendance.phones import api as phones
from projects.attendance.rollcall import api as rollcall

urlpatterns = [
    path("phones", phones.PhonesView.as_view(), name="api-phones"),
    path("phone-punches", phones.PhonePunchesView.as_view(), name="api-phone-punches"),
    path("fences", phones.FencesView.as_view(), name="api-fences"),
    path("sites/<int:pk>/gate-code", phones.GateCodeView.as_view(), name="api-gate-code"),
    path("roll-calls", rollcall.RollCallsView.as_view(), name="api-roll-calls"),
    path("roll-call-entries", rollcall.EntriesView.as_view(), name="api-roll-call-entries"),
    path(
        "roll-call-entries/<int:pk>/confirmation",
        rollcall.ConfirmationView.as_view(),
        name="api-roll-call-entry-confirmation",
    ),
    path(
        "roll-call-entries/<int:pk>/denial",
        rollcall.DenialView.as_view(),
        name="api-roll-call-entry-denial",
    ),
    path("roll-call-entries/<int:pk>/code", rollcall.CodeView.as_view(), name="api-roll-call-code"),
    path(
        "roll-call-entries/<int:pk>/code-confirmation",
        rollcall.CodeConfirmationView.as_view(),
        name="api-roll-call-entry-code-confirmation",
    ),
    path("punches", api.PunchesView.as_view(), name="api-punches"),
    path("day-records", api.DayRecordsView.as_view(), name="api-day-records"),
    path("day-records/<int:pk>", api.DayRecordView.as_view(), name="api-day-record"),
    path("corrections", api.CorrectionsView.as_view(), name="api-corrections"),
    path(
        "corrections/<int:pk>/approval",
        api.CorrectionApprovalView.as_view(),
        name="api-correction-approval",
    ),
    path(
        "corrections/<int:pk>/refusal",
        api.CorrectionRefusalView.as_view(),
        name="api-correction-refusal",
    ),
    path(
        "corrections/<int:pk>/withdrawal",
        api.CorrectionWithdrawalView.as_view(),
        name="api-correction-withdrawal",
    ),
    path("attendance-quotes", api.AttendanceQuotesView.as_view(), name="api-attendance-quotes"),
    path("device-events", api.DeviceEventsView.as_view(), name="api-device-events"),
    path("ingest-counts", api.IngestCountsView.as_view(), name="api-ingest-counts"),
    path("parked-events", api.ParkedEventsView.as_view(), name="api-parked-events"),
    path(
        "parked-events/<int:pk>/dismissal",
        api.ParkedEventDismissalView.as_view(),
        name="api-parked-event-dismissal",
    ),
]
