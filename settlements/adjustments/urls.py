"""Paths of adjustments in the API."""

from django.urls import path

from settlements.adjustments import views

urlpatterns = [
    path("adjustments", views.AdjustmentsView.as_view(), name="api-adjustments"),
    path("adjustments/<int:pk>", views.AdjustmentView.as_view(), name="api-adjustment"),
    path(
        "adjustments/<int:pk>/agreement",
        views.AdjustmentAgreementView.as_view(),
        name="api-adjustment-agreement",
    ),
    path(
        "adjustments/<int:pk>/refusal",
        views.AdjustmentRefusalView.as_view(),
        name="api-adjustment-refusal",
    ),
    path(
        "adjustments/<int:pk>/revocation",
        views.AdjustmentRevocationView.as_view(),
        name="api-adjustment-revocation",
    ),
]
