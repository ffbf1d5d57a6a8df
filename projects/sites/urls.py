"""Paths of projects and sites in the API."""

from django.urls import path

from projects.sites import views

urlpatterns = [
    path("projects", views.ProjectsView.as_view(), name="api-projects"),
    path("projects/<int:pk>", views.ProjectView.as_view(), name="api-project"),
    path("projects/<int:pk>/moves", views.ProjectMovesView.as_view(), name="api-project-moves"),
    path("parties", views.PartiesView.as_view(), name="api-parties"),
    path("policies", views.PoliciesView.as_view(), name="api-policies"),
    path("sites", views.SitesView.as_view(), name="api-sites"),
    path("devices", views.DevicesView.as_view(), name="api-devices"),
    path("devices/<int:pk>", views.DeviceView.as_view(), name="api-device"),
    path(
        "devices/<int:pk>/connection",
        views.DeviceConnectionView.as_view(),
        name="api-device-connection",
    ),
    path("device-alarms", views.DeviceAlarmsView.as_view(), name="api-device-alarms"),
    path("enrolments", views.EnrolmentsView.as_view(), name="api-enrolments"),
    path(
        "enrolments/<int:pk>/ending",
        views.EnrolmentEndingView.as_view(),
        name="api-enrolment-ending",
    ),
]
