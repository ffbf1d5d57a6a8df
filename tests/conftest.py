"""The suite's ground: a real PostgreSQL of its own, and secrets that are nobody's."""

from __future__ import annotations

import os

import pytest


# Before Django reads its settings: the test cluster, or the server that DATABASE_URL names.
if not os.environ.get("DATABASE_URL"):
    from jianzhu.embedded import postgres

    os.environ["DATABASE_URL"] = postgres.ensure("postgres-test", durable=False).url()
for _name in ("SECRET_KEY", "VAULT_KEY", "BLIND_INDEX_KEY", "SANDBOX_BANK_TOKEN"):
    os.environ.setdefault(_name, f"for-tests-only-{_name}-0123456789abcdef")
os.environ.setdefault("OTP_SENDER", "console")


@pytest.fixture(autouse=True)
def _truncation_passes_the_guards(request: pytest.FixtureRequest, monkeypatch):
    """Tests that commit are cleaned up by TRUNCATE, which append-only tables refuse to everybody
    but a superuser who switches the triggers off: so do exactly that, here and nowhere else."""
    from django.core.management.commands import flush
    from django.db import connection

    original = flush.Command.handle

    def handle(self, **options):
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            return original(self, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")

    monkeypatch.setattr(flush.Command, "handle", handle)
