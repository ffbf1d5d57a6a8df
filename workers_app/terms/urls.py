"""Paths of terms in the API."""

from django.urls import path

from workers_app.terms import views

urlpatterns = [
    path("agreements", views.AgreementsView.as_view(), name="api-agreements"),
    path("agreements/<int:pk>", views.AgreementView.as_view(), name="api-agreement"),
    path("agreed-rates", views.RatesView.as_view(), name="api-rates"),
    path("agreed-rates/<int:pk>", views.RateView.as_view(), name="api-rate"),
    path(
        "agreed-rates/<int:pk>/agreement",
        views.RateAgreementView.as_view(),
        name="api-rate-agreement",
    ),
    path("agreed-rates/<int:pk>/refusal", views.RateRefusalView.as_view(), name="api-rate-refusal"),
    path("qualifications", views.QualificationsView.as_view(), name="api-qualifications"),
    path("absences", views.AbsencesView.as_view(), name="api-absences"),
    path("absences/<int:pk>/ending", views.AbsenceEndingView.as_view(), name="api-absence-ending"),
]
