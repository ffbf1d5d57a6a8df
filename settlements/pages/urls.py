"""Paths of the pages."""

from django.urls import path

from settlements.pages import (
    arbitrator,
    contractor,
    corrections,
    erasures,
    evidence,
    milestones,
    setting_up,
    sheets,
    worker,
)

urlpatterns = [
    path("me/", worker.me, name="me"),
    path("lines/<int:line_id>/", worker.line, name="line"),
    path("lines/<int:line_id>/objection", worker.object_to, name="objection"),
    path("punches/<int:punch_id>/", worker.punch, name="punch"),
    path("payouts/<int:payout_id>/", worker.payout, name="payout"),
    path("projects/", contractor.projects, name="projects"),
    path("projects/<int:project_id>/", contractor.project, name="project"),
    path("projects/<int:project_id>/moves/<str:verb>", contractor.end, name="project-end"),
    path("statements/<int:statement_id>/confirmation", worker.confirm, name="confirmation"),
    path("projects/<int:project_id>/approvals/", setting_up.approvals, name="approvals"),
    path("payee-accounts/<int:payee_id>/<str:answer>", setting_up.payee, name="payee-answer"),
    path("agreed-rates/<int:rate_id>/<str:answer>", setting_up.rate, name="rate-answer"),
    path("projects/<int:project_id>/corrections/", corrections.waiting, name="corrections"),
    path(
        "corrections/ask/<int:worker_id>/<int:project_id>/<str:on>/",
        corrections.ask,
        name="correction-ask",
    ),
    path(
        "corrections/<int:correction_id>/withdrawal",
        corrections.withdraw,
        name="correction-withdrawal",
    ),
    path("corrections/<int:correction_id>/photo", corrections.photo, name="correction-photo"),
    path(
        "corrections/<int:correction_id>/<str:answer>",
        corrections.decide,
        name="correction-answer",
    ),
    path("assignments/", setting_up.assignments, name="assignments"),
    path(
        "assignments/<int:assignment_id>/<str:answer>", setting_up.answer, name="assignment-answer"
    ),
    path("verify/", evidence.verify, name="verify"),
    path("erasures/", erasures.overview, name="erasures"),
    path("erasures/asked", erasures.ask, name="erasure-ask"),
    path("erasures/<int:erasure_id>/<str:answer>", erasures.decide, name="erasure-answer"),
    path("receipts/<str:kind>/<int:ident>.json", evidence.receipt, name="receipt"),
    path("lines/<int:line_id>/evidence.zip", evidence.line_bundle, name="line-evidence"),
    path("cases/<int:dispute_id>/evidence.zip", evidence.case_bundle, name="case-evidence"),
    path("acceptance/", sheets.overview, name="acceptance"),
    path("task-sheets/<int:sheet_id>/", sheets.sheet, name="task-sheet"),
    path("task-sheets/<int:sheet_id>/photos", sheets.attach, name="task-sheet-photo"),
    path("task-sheets/<int:sheet_id>/<str:verb>", sheets.move, name="task-sheet-move"),
    path("photos/<int:photo_id>/", sheets.photo, name="photo"),
    path("milestones/<int:milestone_id>/", milestones.milestone, name="milestone"),
    path("milestones/<int:milestone_id>/<str:verb>", milestones.move, name="milestone-move"),
    path("milestone-shares/<int:share_id>/<str:answer>", milestones.answer, name="share-answer"),
    path("milestone-parts/<int:part_id>/release", milestones.let_go, name="part-release"),
    path(
        "milestone-corrections/<int:correction_id>/<str:answer>",
        milestones.correction,
        name="milestone-correction",
    ),
    path("cases/", arbitrator.cases, name="cases"),
    path("cases/<int:dispute_id>/", arbitrator.case, name="case"),
    path("cases/<int:dispute_id>/assignment", arbitrator.assign, name="case-assignment"),
    path("cases/<int:dispute_id>/decision", arbitrator.decide, name="decision"),
]
