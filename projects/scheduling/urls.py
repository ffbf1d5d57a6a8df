"""Paths of planning in the API."""

from django.urls import path

from projects.scheduling import views
from projects.scheduling.plans import views as plans

urlpatterns = [
    path("work-packages", views.WorkPackagesView.as_view(), name="api-work-packages"),
    path("work-packages/<int:pk>", views.WorkPackageView.as_view(), name="api-work-package"),
    path(
        "work-packages/<int:pk>/predecessors",
        views.PackageLinksView.as_view(),
        name="api-package-links",
    ),
    path("scheduling-rules", views.SchedulingRulesView.as_view(), name="api-scheduling-rules"),
    path("stop-days", views.StopDaysView.as_view(), name="api-stop-days"),
    path("plans", plans.PlansView.as_view(), name="api-plans"),
    path("plans/<int:pk>", plans.PlanView.as_view(), name="api-plan"),
    path("plans/<int:pk>/progress", plans.PlanProgressView.as_view(), name="api-plan-progress"),
    path("plans/<int:pk>/wages", plans.PlanWagesView.as_view(), name="api-plan-wages"),
    path("plans/<int:pk>/gantt.svg", plans.PlanGanttView.as_view(), name="api-plan-gantt"),
    path(
        "plans/<int:pk>/differences",
        plans.PlanDifferencesView.as_view(),
        name="api-plan-differences",
    ),
    path("plans/<int:pk>/cancelling", plans.PlanCancelView.as_view(), name="api-plan-cancel"),
    path("plans/<int:pk>/proposal", plans.PlanProposalView.as_view(), name="api-plan-proposal"),
    path(
        "plans/<int:pk>/publication",
        plans.PlanPublicationView.as_view(),
        name="api-plan-publication",
    ),
    path("plans/<int:pk>/discard", plans.PlanDiscardView.as_view(), name="api-plan-discard"),
    path("plans/<int:pk>/trial", plans.PlanTrialView.as_view(), name="api-plan-trial"),
    path("plans/<int:pk>/move", plans.PlanMoveView.as_view(), name="api-plan-move"),
    path("plan-parts", plans.PlanPartsView.as_view(), name="api-plan-parts"),
    path("plan-parts/<int:pk>", plans.PlanPartView.as_view(), name="api-plan-part"),
    path("offers", plans.OffersView.as_view(), name="api-offers"),
    path("offers/<int:pk>", plans.OfferView.as_view(), name="api-offer"),
    path("offers/<int:pk>/acceptance", plans.OfferAcceptView.as_view(), name="api-offer-accept"),
    path("offers/<int:pk>/decline", plans.OfferDeclineView.as_view(), name="api-offer-decline"),
    path("projects/<int:pk>/paces", plans.PacesView.as_view(), name="api-paces"),
    path("projects/<int:pk>/performance", plans.PerformanceView.as_view(), name="api-performance"),
    path("assignments", views.AssignmentsView.as_view(), name="api-assignments"),
    path("assignments/<int:pk>", views.AssignmentView.as_view(), name="api-assignment"),
    path(
        "assignments/<int:pk>/publication",
        views.AssignmentPublicationView.as_view(),
        name="api-assignment-publication",
    ),
    path(
        "assignments/<int:pk>/acceptance",
        views.AssignmentAcceptanceView.as_view(),
        name="api-assignment-acceptance",
    ),
    path(
        "assignments/<int:pk>/decline",
        views.AssignmentDeclineView.as_view(),
        name="api-assignment-decline",
    ),
    path(
        "assignments/<int:pk>/withdrawal",
        views.AssignmentWithdrawalView.as_view(),
        name="api-assignment-withdrawal",
    ),
    path(
        "assignments/<int:pk>/completion",
        views.AssignmentCompletionView.as_view(),
        name="api-assignment-completion",
    ),
]
