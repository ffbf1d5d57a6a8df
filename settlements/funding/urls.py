"""Paths of funding in the API."""

from django.urls import path

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
    path("deposits", views.DepositsView.as_view(), name="api-deposits"),
]
