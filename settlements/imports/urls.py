"""Paths of imports."""

from django.urls import path

from settlements.imports.views import ImportApprovalView, ImportsView

urlpatterns = [
    path("imports", ImportsView.as_view(), name="api-imports"),
    path(
        "projects/<int:project_id>/import-approval",
        ImportApprovalView.as_view(),
        name="api-import-approval",
    ),
]
