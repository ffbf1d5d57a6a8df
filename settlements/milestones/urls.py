"""Paths of milestones in the API."""

from django.urls import path

from settlements.milestones import views

MILESTONE = "milestones/<int:pk>"
SHARE = "milestone-shares/<int:pk>"
CORRECTION = "milestone-corrections/<int:pk>"

urlpatterns = [
    path("milestones", views.MilestonesView.as_view(), name="api-milestones"),
    path(MILESTONE, views.MilestoneView.as_view(), name="api-milestone"),
    path(
        f"{MILESTONE}/share-out",
        views.MilestoneShareOutView.as_view(),
        name="api-milestone-share-out",
    ),
    path(
        f"{MILESTONE}/submission",
        views.MilestoneSubmissionView.as_view(),
        name="api-milestone-submission",
    ),
    path(
        f"{MILESTONE}/cancellation",
        views.MilestoneCancellationView.as_view(),
        name="api-milestone-cancellation",
    ),
    path(
        f"{MILESTONE}/acceptance",
        views.MilestoneAcceptanceView.as_view(),
        name="api-milestone-acceptance",
    ),
    path(
        f"{MILESTONE}/rejection",
        views.MilestoneRejectionView.as_view(),
        name="api-milestone-rejection",
    ),
    path(
        f"{MILESTONE}/corrections",
        views.MilestoneCorrectionsView.as_view(),
        name="api-milestone-corrections",
    ),
    path("milestone-shares", views.MilestoneSharesView.as_view(), name="api-milestone-shares"),
    path(SHARE, views.MilestoneShareView.as_view(), name="api-milestone-share"),
    path(
        f"{SHARE}/signature",
        views.ShareSignatureView.as_view(),
        name="api-milestone-share-signature",
    ),
    path(
        f"{SHARE}/objection",
        views.ShareObjectionView.as_view(),
        name="api-milestone-share-objection",
    ),
    path(
        "milestone-parts/<int:pk>/release",
        views.PartReleaseView.as_view(),
        name="api-milestone-part-release",
    ),
    path(
        "milestone-corrections",
        views.AllCorrectionsView.as_view(),
        name="api-all-milestone-corrections",
    ),
    path(
        f"{CORRECTION}/agreement",
        views.CorrectionAgreementView.as_view(),
        name="api-milestone-correction-agreement",
    ),
    path(
        f"{CORRECTION}/refusal",
        views.CorrectionRefusalView.as_view(),
        name="api-milestone-correction-refusal",
    ),
]
