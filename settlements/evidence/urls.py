"""Paths of evidence in the API."""

from django.urls import path

from settlements.evidence import erasure_views, views

urlpatterns = [
    path("punches/<int:pk>/receipt", views.PunchReceiptView.as_view(), name="api-punch-receipt"),
    path(
        "task-sheets/<int:pk>/receipt",
        views.TaskSheetReceiptView.as_view(),
        name="api-task-sheet-receipt",
    ),
    path(
        "statements/<int:pk>/receipt",
        views.StatementReceiptView.as_view(),
        name="api-statement-receipt",
    ),
    path("payouts/<int:pk>/receipt", views.PayoutReceiptView.as_view(), name="api-payout-receipt"),
    path(
        "disputes/<int:pk>/evidence",
        views.DisputeEvidenceView.as_view(),
        name="api-dispute-evidence",
    ),
    path(
        "statement-lines/<int:pk>/evidence",
        views.LineEvidenceView.as_view(),
        name="api-statement-line-evidence",
    ),
    path("evidence/keys", views.KeysView.as_view(), name="api-evidence-keys"),
    path("erasures", erasure_views.ErasuresView.as_view(), name="api-erasures"),
    path("erasures/<int:pk>", erasure_views.ErasureView.as_view(), name="api-erasure"),
    path(
        "erasures/<int:pk>/confirmation",
        erasure_views.ErasureConfirmationView.as_view(),
        name="api-erasure-confirmation",
    ),
    path(
        "erasures/<int:pk>/refusal",
        erasure_views.ErasureRefusalView.as_view(),
        name="api-erasure-refusal",
    ),
    path("evidence/verifications", views.VerificationsView.as_view(), name="api-evidence-verify"),
]
