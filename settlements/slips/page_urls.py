"""Paths of the slip's page and of papers beside the pages."""

from django.urls import path

from settlements.slips import pages

urlpatterns = [
    path("statements/<int:statement_id>/slip/", pages.slip, name="slip"),
    path("statements/<int:statement_id>/slip.pdf", pages.slip_file, name="slip-file"),
    path("projects/<int:project_id>/wage-ledger/", pages.ledger, name="wage-ledger"),
    path("projects/<int:project_id>/papers/<slug:name>.<slug:form>", pages.paper, name="paper"),
]
