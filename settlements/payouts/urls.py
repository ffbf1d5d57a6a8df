"""Paths of payouts, statements of the bank and breaks in the API."""

from django.urls import path

from settlements.payouts import views

urlpatterns = [
    path("payouts", views.PayoutsView.as_view(), name="api-payouts"),
    path("payouts/<int:pk>/retry", views.PayoutRetryView.as_view(), name="api-payout-retry"),
    path("bank-statements", views.BankStatementsView.as_view(), name="api-bank-statements"),
    path(
        "bank-statements/<int:pk>/taking",
        views.StatementTakingView.as_view(),
        name="api-bank-statement-taking",
    ),
    path(
        "bank-statements/<int:pk>/dismissal",
        views.StatementDismissalView.as_view(),
        name="api-bank-statement-dismissal",
    ),
    path("breaks", views.BreaksView.as_view(), name="api-breaks"),
    path(
        "breaks/<int:pk>/explanation",
        views.BreakExplanationView.as_view(),
        name="api-break-explanation",
    ),
    path("breaks/<int:pk>/return", views.BreakReturnView.as_view(), name="api-break-return"),
    path("breaks/<int:pk>/closing", views.BreakClosingView.as_view(), name="api-break-closing"),
    path(
        "reconciliation-quotes",
        views.ReconciliationQuotesView.as_view(),
        name="api-reconciliation-quotes",
    ),
]
