"""Paths of the pages."""

from django.urls import path

from settlements.pages import arbitrator, contractor, worker

urlpatterns = [
    path("me/", worker.me, name="me"),
    path("lines/<int:line_id>/", worker.line, name="line"),
    path("lines/<int:line_id>/objection", worker.object_to, name="objection"),
    path("punches/<int:punch_id>/", worker.punch, name="punch"),
    path("payouts/<int:payout_id>/", worker.payout, name="payout"),
    path("projects/", contractor.projects, name="projects"),
    path("projects/<int:project_id>/", contractor.project, name="project"),
    path("cases/", arbitrator.cases, name="cases"),
    path("cases/<int:dispute_id>/", arbitrator.case, name="case"),
    path("cases/<int:dispute_id>/decision", arbitrator.decide, name="decision"),
]
