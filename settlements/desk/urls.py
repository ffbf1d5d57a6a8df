"""Paths of the desk in the API."""

from django.urls import path

from settlements.desk import views

urlpatterns = [
    path("case-queue", views.QueueView.as_view(), name="api-case-queue"),
    path("case-figures", views.FiguresView.as_view(), name="api-case-figures"),
    path(
        "disputes/<int:pk>/contradictions",
        views.ContradictionsView.as_view(),
        name="api-dispute-contradictions",
    ),
    path("disputes/<int:pk>/timeline", views.TimelineView.as_view(), name="api-dispute-timeline"),
    path("disputes/<int:pk>/what-if", views.WhatIfView.as_view(), name="api-dispute-what-if"),
    path(
        "disputes/<int:pk>/candidates",
        views.CandidatesView.as_view(),
        name="api-dispute-candidates",
    ),
    path("disputes/<int:pk>/rulings", views.RulingsView.as_view(), name="api-dispute-rulings"),
    path("disputes/<int:pk>/issue", views.IssueView.as_view(), name="api-dispute-issue"),
    path(
        "disputes/<int:pk>/acceptance-notice",
        views.AcceptanceNoticeView.as_view(),
        name="api-acceptance-notice",
    ),
    path(
        "disputes/<int:pk>/completion-notice",
        views.CompletionNoticeView.as_view(),
        name="api-completion-notice",
    ),
    path(
        "disputes/<int:pk>/evidence-notice",
        views.EvidenceNoticeView.as_view(),
        name="api-evidence-notice",
    ),
    path(
        "disputes/<int:pk>/hearing-record",
        views.HearingRecordView.as_view(),
        name="api-hearing-record",
    ),
    path(
        "disputes/<int:pk>/service-receipt",
        views.ServiceReceiptView.as_view(),
        name="api-service-receipt",
    ),
    path(
        "disputes/<int:pk>/non-acceptance-notice",
        views.NonAcceptanceView.as_view(),
        name="api-non-acceptance-notice",
    ),
    path(
        "disputes/<int:pk>/hearing-notice",
        views.HearingNoticeView.as_view(),
        name="api-hearing-notice",
    ),
    path("disputes/<int:pk>/order-paper", views.OrderPaperView.as_view(), name="api-order-paper"),
    path("decisions/<int:pk>/paper", views.RulingPaperView.as_view(), name="api-decision-paper"),
]
