"""Paths of notices in the API."""

from django.urls import path

from jianzhu.web.notices import views

urlpatterns = [path("notices", views.NoticesView.as_view(), name="api-notices")]
