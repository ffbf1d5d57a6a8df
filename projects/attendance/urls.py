"""Paths of attendance in the API."""

from django.urls import path

from projects.attendance import api

urlpatterns = [
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
