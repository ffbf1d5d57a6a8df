"""Paths that terminals are configured with, or (ZKTeco) know by heart."""

from django.urls import path

from projects.attendance.views import receive

urlpatterns = [
    path("iclock/<str:table>", receive, {"maker": "zkteco"}),
    path("devices/hikvision", receive, {"maker": "hikvision"}),
    path("devices/dahua", receive, {"maker": "dahua"}),
    path("devices/uface", receive, {"maker": "uface"}),
]
