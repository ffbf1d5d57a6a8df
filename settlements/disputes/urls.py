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
]
