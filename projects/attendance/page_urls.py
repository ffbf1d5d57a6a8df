"""Paths of the pages of attendance."""

from django.urls import path

from projects.attendance.phones import pages

urlpatterns = [
    path("punch/", pages.punch, name="punch"),
    path("punch/worker.js", pages.service_worker, name="punch-service-worker"),
    path("roll-call-entries/<int:entry_id>/<str:answer>", pages.answer_call, name="call-answer"),
    path("sites/<int:site_id>/gate/", pages.gate_screen, name="gate-screen"),
]
