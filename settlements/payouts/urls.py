"""Paths of payouts, payment files, statements of the bank and breaks in the API."""

from django.urls import path

from settlements.payouts import bank_views as bank
from settlements.payouts import batch_views as batches
from settlements.payouts import views

urlpatterns = [
    path("payouts", views.PayoutsView.as_view(), name="api-payouts"),
    path("payouts/<int:pk>/retry", views.PayoutRetryView.as_view(), name="api-payout-retry"),
    path("payout-resolutions", views.PayoutResolutionsView.as_view(), name="api-resolutions"),
    path(
        "payout-resolutions/<int:pk>", views.PayoutResolutionView.as_view(), name="api-resolution"
    ),
    path(
        "payout-resolutions/<int:pk>/agreement",
        views.agree.as_view(),
        name="api-resolution-agree",
    ),
    path(
        "payout-resolutions/<int:pk>/return",
        views.refuse.as_view(),
        name="api-resolution-refuse",
    ),
    path("payee-onboardings", views.PayeeOnboardingsView.as_view(), name="api-onboardings"),
    path("payout-batches", batches.PayoutBatchesView.as_view(), name="api-payout-batches"),
    path("payout-batches/<int:pk>", batches.PayoutBatchView.as_view(), name="api-payout-batch"),
    path("payout-batches/<int:pk>/making", batches.make.as_view(), name="api-batch-make"),
    path(
        "payout-batches/<int:pk>/file",
        batches.PayoutBatchFileView.as_view(),
        name="api-batch-file",
    ),
    path(
        "payout-batches/<int:pk>/result",
        batches.PayoutBatchResultView.as_view(),
        name="api-batch-result",
    ),
    path("bank-statements", bank.BankStatementsView.as_view(), name="api-bank-statements"),
    path("bank-statements/<int:pk>", bank.BankStatementView.as_view(), name="api-bank-statement"),
    path("brought-statements", bank.BroughtStatementsView.as_view(), name="api-brought-statements"),
    path(
        "bank-statements/<int:pk>/taking",
        bank.take_statement.as_view(),
        name="api-bank-statement-taking",
    ),
    path(
        "bank-statements/<int:pk>/dismissal",
        bank.dismiss_statement.as_view(),
        name="api-bank-statement-dismissal",
    ),
    path("breaks", bank.BreaksView.as_view(), name="api-breaks"),
    path("breaks/<int:pk>", bank.BreakView.as_view(), name="api-break"),
    path("breaks/<int:pk>/taking", bank.take_break.as_view(), name="api-break-take"),
    path("breaks/<int:pk>/explanation", bank.explain.as_view(), name="api-break-explanation"),
    path("breaks/<int:pk>/return", bank.send_back.as_view(), name="api-break-return"),
    path("breaks/<int:pk>/closing", bank.close.as_view(), name="api-break-closing"),
    path(
        "reconciliation-quotes",
        views.ReconciliationQuotesView.as_view(),
        name="api-reconciliation-quotes",
    ),
]
