"""Every path: pages, the API under /api/v1/, terminals, health."""

from typing import ClassVar

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from jianzhu.web.accounts import pages
from jianzhu.web.health import health

# The rooms that speak the API, from the lowest up.
API = (
    "jianzhu.web.accounts.urls",
    "jianzhu.web.staff.urls",
    "jianzhu.web.notices.urls",
    "workers_app.people.urls",
    "workers_app.terms.urls",
    "projects.sites.urls",
    "projects.scheduling.urls",
    "projects.attendance.urls",
    "projects.acceptance.urls",
    "settlements.funding.urls",
    "settlements.halt.urls",
    "settlements.adjustments.urls",
    "settlements.milestones.urls",
    "settlements.statements.urls",
    "settlements.payouts.urls",
    "settlements.disputes.urls",
    "settlements.evidence.urls",
    "settlements.desk.urls",
    "settlements.quotes.urls",
    "settlements.slips.urls",
    "settlements.imports.urls",
)


class Schema(SpectacularJSONAPIView):
    """The OpenAPI document, for whoever is signed in."""

    noun = "schema"
    verbs: ClassVar[dict[str, str]] = {}


urlpatterns = [
    path("", pages.home, name="home"),
    path("sign-in/", pages.StaffSignIn.as_view(), name="sign-in"),
    path("sign-in/worker/", pages.worker_sign_in, name="worker-sign-in"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("language/", include("django.conf.urls.i18n")),
    path("healthz", health, name="health"),
    path("admin/", admin.site.urls),
    path("api/v1/openapi.json", Schema.as_view(), name="api-schema"),
    path("api/v1/", include([path("", include(room)) for room in API])),
    path("", include("projects.attendance.device_urls")),
    path("", include("projects.attendance.page_urls")),
    path("", include("settlements.payouts.door_urls")),
    path("", include("settlements.pages.urls")),
    path("", include("settlements.slips.page_urls")),
]
