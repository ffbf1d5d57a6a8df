"""Paths of planning in the API."""

from django.urls import path

from projects.scheduling import views

urlpatterns = [
    path("work-packages", views.WorkPackagesView.as_view(), name="api-work-packages"),
    path("work-packages/<int:pk>", views.WorkPackageView.as_view(), name="api-work-package"),
    path("assignments", views.AssignmentsView.as_view(), name="api-assignments"),
    path("assignments/<int:pk>", views.AssignmentView.as_view(), name="api-assignment"),
    path(
        "assignments/<int:pk>/publication",
        views.AssignmentPublicationView.as_view(),
        name="api-assignment-publication",
    ),
    path(
        "assignments/<int:pk>/acceptance",
        views.AssignmentAcceptanceView.as_view(),
        name="api-assignment-acceptance",
    ),
    path(
        "assignments/<int:pk>/decline",
        views.AssignmentDeclineView.as_view(),
        name="api-assignment-decline",
    ),
    path(
        "assignments/<int:pk>/withdrawal",
        views.AssignmentWithdrawalView.as_view(),
        name="api-assignment-withdrawal",
    ),
    path(
        "assignments/<int:pk>/completion",
        views.AssignmentCompletionView.as_view(),
        name="api-assignment-completion",
    ),
]
