"""Paths of disputes in the API."""

from django.urls import path

from settlements.disputes import views

urlpatterns = [
    path("disputes", views.DisputesView.as_view(), name="api-disputes"),
    path("crew-disputes", views.CrewDisputesView.as_view(), name="api-crew-disputes"),
    path("disputes/<int:pk>", views.DisputeView.as_view(), name="api-dispute"),
    path(
        "disputes/<int:pk>/assignment",
        views.DisputeAssignmentView.as_view(),
        name="api-dispute-assignment",
    ),
    path(
        "disputes/<int:pk>/decision",
        views.DisputeDecisionView.as_view(),
        name="api-dispute-decision",
    ),
    path(
        "disputes/<int:pk>/withdrawal",
        views.DisputeWithdrawalView.as_view(),
        name="api-dispute-withdrawal",
    ),
    path("disputes/<int:pk>/record", views.DisputeRecordView.as_view(), name="api-dispute-record"),
    path(
        "disputes/<int:pk>/sayings", views.DisputeSayingsView.as_view(), name="api-dispute-sayings"
    ),
    path(
        "disputes/<int:pk>/offer-answers",
        views.DisputeOfferAnswersView.as_view(),
        name="api-dispute-offer-answers",
    ),
    path("disputes/<int:pk>/plea", views.DisputePleaView.as_view(), name="api-dispute-plea"),
    path(
        "disputes/<int:pk>/escalation",
        views.DisputeEscalationView.as_view(),
        name="api-dispute-escalation",
    ),
    path("disputes/<int:pk>/stages", views.DisputeStagesView.as_view(), name="api-dispute-stages"),
    path(
        "disputes/<int:pk>/appeals", views.DisputeAppealsView.as_view(), name="api-dispute-appeals"
    ),
    path("disputes/<int:pk>/court", views.DisputeCourtView.as_view(), name="api-dispute-court"),
]
