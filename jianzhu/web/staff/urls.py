"""Paths of organisations and users in the API."""

from django.urls import path

from jianzhu.web.staff import views

urlpatterns = [
    path("organisations", views.OrganisationsView.as_view(), name="api-organisations"),
    path("organisations/<int:pk>", views.OrganisationView.as_view(), name="api-organisation"),
    path("users", views.UsersView.as_view(), name="api-users"),
    path("users/<int:pk>", views.UserView.as_view(), name="api-user"),
    path(
        "users/<int:pk>/memberships",
        views.UserMembershipsView.as_view(),
        name="api-user-memberships",
    ),
    path(
        "users/<int:pk>/memberships/<int:membership_id>",
        views.UserMembershipView.as_view(),
        name="api-user-membership",
    ),
    path("users/<int:pk>/disabling", views.UserDisablingView.as_view(), name="api-user-disabling"),
]
