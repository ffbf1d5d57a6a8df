"""Paths of the pages of attendance."""

from django.urls import path

from projects.attendance.gates import pages as gates
from projects.attendance.phones import pages
from projects.attendance.rollcall import pages as rollcall

urlpatterns = [
    path("punch/", pages.punch, name="punch"),
    path("punch/worker.js", pages.service_worker, name="punch-service-worker"),
    path("gates/", gates.gates, name="gates"),
    path("gates/<int:device_id>/", gates.gate, name="gate"),
    path("gates/<int:device_id>/<str:verb>", gates.change, name="gate-change"),
    path("gates/<str:verb>", gates.act, name="gates-act"),
    path("roll-call/", rollcall.roll_call, name="roll-call"),
    path("roll-call/rounds", rollcall.call, name="roll-call-round"),
    path("roll-call-entries/<int:entry_id>/code", rollcall.send_code, name="call-code"),
    path(
        "roll-call-entries/<int:entry_id>/code-confirmation",
        rollcall.use_code,
        name="call-code-confirmation",
    ),
    path("roll-call-entries/<int:entry_id>/<str:answer>", pages.answer_call, name="call-answer"),
    path("sites/<int:site_id>/gate/", pages.gate_screen, name="gate-screen"),
]
