"""Paths of funding in the API."""

from django.urls import path

from settlements.funding import duty_views as duties
from settlements.funding import views

urlpatterns = [
    path("wage-accounts", views.WageAccountsView.as_view(), name="api-wage-accounts"),
    path("wage-accounts/<int:pk>", views.WageAccountView.as_view(), name="api-wage-account"),
    path(
        "wage-accounts/<int:pk>/freeze",
        views.WageAccountFreezeView.as_view(),
        name="api-wage-account-freeze",
    ),
    path(
        "wage-accounts/<int:pk>/unfreeze",
        views.WageAccountUnfreezeView.as_view(),
        name="api-wage-account-unfreeze",
    ),
    path("wage-accounts/<int:pk>/coverage", duties.CoverageView.as_view(), name="api-coverage"),
    path("wage-accounts/<int:pk>/notice", duties.announce.as_view(), name="api-closing-notice"),
    path("wage-accounts/<int:pk>/calling-off", duties.call_off.as_view(), name="api-calling-off"),
    path("wage-accounts/<int:pk>/closing", duties.close.as_view(), name="api-closing"),
    path(
        "labour-cost-agreements",
        duties.LabourCostAgreementsView.as_view(),
        name="api-labour-cost-agreements",
    ),
    path(
        "labour-cost-agreements/<int:pk>",
        duties.LabourCostAgreementView.as_view(),
        name="api-labour-cost-agreement",
    ),
    path(
        "labour-cost-agreements/<int:pk>/agreement",
        duties.agree.as_view(),
        name="api-labour-cost-agree",
    ),
    path(
        "labour-cost-agreements/<int:pk>/denial",
        duties.refuse.as_view(),
        name="api-labour-cost-refuse",
    ),
    path("duties", duties.DutiesView.as_view(), name="api-duties"),
    path("duties/<int:pk>/fulfilment", duties.fulfil.as_view(), name="api-fulfilment"),
    path("progress-payments", duties.ProgressView.as_view(), name="api-progress-payments"),
    path("shortfalls", duties.ShortfallsView.as_view(), name="api-shortfalls"),
    path("withdrawals", duties.WithdrawalsView.as_view(), name="api-withdrawals"),
    path("withdrawals/<int:pk>/agreement", duties.approve.as_view(), name="api-withdrawal-agree"),
    path("withdrawals/<int:pk>/denial", duties.decline.as_view(), name="api-withdrawal-refuse"),
    path("security-deposits", duties.SecurityDepositsView.as_view(), name="api-securities"),
    path("security-deposits/<int:pk>/lodging", duties.lodge.as_view(), name="api-lodging"),
    path("security-deposits/<int:pk>/order", duties.draw.as_view(), name="api-security-order"),
    path(
        "security-deposits/<int:pk>/return", duties.give_back.as_view(), name="api-security-return"
    ),
    path("deposits", views.DepositsView.as_view(), name="api-deposits"),
]
