"""Paths of people in the API."""

from django.urls import path

from workers_app.people import views

urlpatterns = [
    path("workers", views.WorkersView.as_view(), name="api-workers"),
    path("workers/<int:pk>", views.WorkerView.as_view(), name="api-worker"),
    path("workers/<int:pk>/home", views.WorkerHomeView.as_view(), name="api-worker-home"),
    path("payee-accounts", views.PayeeAccountsView.as_view(), name="api-payees"),
    path("payee-account-codes", views.PayeeCodesView.as_view(), name="api-payee-codes"),
    path(
        "payee-accounts/<int:pk>/review",
        views.PayeeReviewView.as_view(),
        name="api-payee-review",
    ),
    path("payee-accounts/<int:pk>", views.PayeeAccountView.as_view(), name="api-payee"),
    path(
        "payee-accounts/<int:pk>/verification",
        views.PayeeVerificationView.as_view(),
        name="api-payee-verification",
    ),
    path(
        "payee-accounts/<int:pk>/refusal",
        views.PayeeRefusalView.as_view(),
        name="api-payee-refusal",
    ),
    path(
        "payee-accounts/<int:pk>/suspension",
        views.PayeeSuspensionView.as_view(),
        name="api-payee-suspension",
    ),
    path(
        "payee-accounts/<int:pk>/reinstatement",
        views.PayeeReinstatementView.as_view(),
        name="api-payee-reinstatement",
    ),
    path("crews", views.CrewsView.as_view(), name="api-crews"),
    path("crews/<int:pk>", views.CrewView.as_view(), name="api-crew"),
    path("crews/<int:pk>/members", views.CrewMembersView.as_view(), name="api-crew-members"),
    path("crews/<int:pk>/leavings", views.CrewLeavingsView.as_view(), name="api-crew-leavings"),
]
