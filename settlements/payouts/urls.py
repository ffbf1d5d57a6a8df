"""Paths of payouts in the API."""

from django.urls import path

from settlements.payouts import views

urlpatterns = [
    path("payouts", views.PayoutsView.as_view(), name="api-payouts"),
    path("payouts/<int:pk>/retry", views.PayoutRetryView.as_view(), name="api-payout-retry"),
]
