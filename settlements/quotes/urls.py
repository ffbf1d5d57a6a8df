"""Paths of quotes."""

from django.urls import path

from settlements.quotes.views import DeadlineQuotesView, WageQuotesView

urlpatterns = [
    path("wage-quotes", WageQuotesView.as_view(), name="api-wage-quotes"),
    path("deadline-quotes", DeadlineQuotesView.as_view(), name="api-deadline-quotes"),
]
