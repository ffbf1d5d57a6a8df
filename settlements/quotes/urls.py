"""Paths of quotes."""

from django.urls import path

from settlements.quotes.views import WageQuotesView

urlpatterns = [path("wage-quotes", WageQuotesView.as_view(), name="api-wage-quotes")]
