"""Paths of statements in the API."""

from django.urls import path

from settlements.statements import views

urlpatterns = [
    path("statements", views.StatementsView.as_view(), name="api-statements"),
    path("statements/<int:pk>", views.StatementView.as_view(), name="api-statement"),
    path(
        "statements/<int:pk>/confirmation",
        views.StatementConfirmationView.as_view(),
        name="api-statement-confirmation",
    ),
    path(
        "corrections/<int:pk>/effect",
        views.CorrectionEffectView.as_view(),
        name="api-correction-effect",
    ),
    path("statement-lines", views.LinesView.as_view(), name="api-statement-lines"),
    path("statement-lines/<int:pk>", views.LineView.as_view(), name="api-statement-line"),
    path(
        "statement-lines/<int:pk>/trace",
        views.LineTraceView.as_view(),
        name="api-statement-line-trace",
    ),
]
