"""Paths of signing in by the API."""

from django.urls import path

from jianzhu.web.accounts.views import CodesView, CurrentTokenView, TokensView

urlpatterns = [
    path("codes", CodesView.as_view(), name="api-codes"),
    path("tokens", TokensView.as_view(), name="api-tokens"),
    path("tokens/current", CurrentTokenView.as_view(), name="api-current-token"),
]
