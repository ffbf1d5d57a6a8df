"""Paths of papers in the API."""

from django.urls import path

from settlements.slips import views

urlpatterns = [
    path("statements/<int:pk>/pay-slip.pdf", views.PaySlipView.as_view(), name="api-pay-slip"),
    path(
        "projects/<int:pk>/wage-table.pdf",
        views.WageTablePdfView.as_view(),
        name="api-wage-table-pdf",
    ),
    path(
        "projects/<int:pk>/wage-table.xlsx",
        views.WageTableXlsxView.as_view(),
        name="api-wage-table-xlsx",
    ),
    path(
        "projects/<int:pk>/wage-ledger",
        views.WageLedgerView.as_view(),
        name="api-wage-ledger",
    ),
    path(
        "projects/<int:pk>/attendance-sheet.pdf",
        views.AttendanceSheetPdfView.as_view(),
        name="api-attendance-sheet-pdf",
    ),
    path(
        "projects/<int:pk>/attendance-sheet.xlsx",
        views.AttendanceSheetXlsxView.as_view(),
        name="api-attendance-sheet-xlsx",
    ),
]
