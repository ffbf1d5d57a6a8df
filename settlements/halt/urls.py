"""Paths of the stop switch in the API."""

from django.urls import path

from settlements.halt import views

urlpatterns = [
    path("payout-switches", views.PayoutSwitchesView.as_view(), name="api-payout-switches"),
    path(
        "payout-switches/<int:pk>/request",
        views.ask.as_view(),
        name="api-payout-switch-request",
    ),
    path(
        "payout-switches/<int:pk>/start",
        views.start.as_view(),
        name="api-payout-switch-start",
    ),
]
