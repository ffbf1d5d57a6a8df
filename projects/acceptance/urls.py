"""Paths of acceptance in the API."""

from django.urls import path

from projects.acceptance import views

urlpatterns = [
    path("task-sheets", views.TaskSheetsView.as_view(), name="api-task-sheets"),
    path("task-sheets/<int:pk>", views.TaskSheetView.as_view(), name="api-task-sheet"),
    path(
        "task-sheets/<int:pk>/submission",
        views.TaskSheetSubmissionView.as_view(),
        name="api-task-sheet-submission",
    ),
    path(
        "task-sheets/<int:pk>/inspection",
        views.TaskSheetInspectionView.as_view(),
        name="api-task-sheet-inspection",
    ),
    path(
        "task-sheets/<int:pk>/acceptance",
        views.TaskSheetAcceptanceView.as_view(),
        name="api-task-sheet-acceptance",
    ),
    path(
        "task-sheets/<int:pk>/rejection",
        views.TaskSheetRejectionView.as_view(),
        name="api-task-sheet-rejection",
    ),
    path(
        "task-sheets/<int:pk>/history",
        views.TaskSheetHistoryView.as_view(),
        name="api-task-sheet-history",
    ),
    path(
        "task-sheets/<int:pk>/signature",
        views.TaskSheetSignatureView.as_view(),
        name="api-task-sheet-signature",
    ),
    path(
        "task-sheets/<int:pk>/photos",
        views.TaskSheetPhotosView.as_view(),
        name="api-task-sheet-photos",
    ),
    path("photos/<int:pk>", views.PhotoView.as_view(), name="api-photo"),
]
