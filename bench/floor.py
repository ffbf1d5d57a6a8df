"""What one-event ingest is measured against: a view that only inserts the raw body with psycopg.

The product's own paths and middleware stand around it, so that the two differ in the view alone.
"""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

application = get_wsgi_application()
settings.ROOT_URLCONF = "bench.floor"

from jianzhu.urls import urlpatterns as product  # noqa: E402 - the settings come first


@csrf_exempt
def floor(request: HttpRequest) -> HttpResponse:
    """One INSERT, one commit."""
    connection.ensure_connection()
    connection.connection.execute("INSERT INTO floor_body (body) VALUES (%s)", [request.body])
    return HttpResponse(b"OK")


urlpatterns = [*product, path("floor", floor)]
