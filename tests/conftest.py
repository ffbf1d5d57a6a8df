"""The suite's ground: a real PostgreSQL of its own, and secrets that are nobody's."""

from __future__ import annotations

import os

import django
import pytest
from hypothesis import HealthCheck, settings

from tests import database

# `make nightly` asks for many more examples of every property; a test that names its own number
# takes it from `settings.default` there.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("everyday", deadline=None, suppress_health_check=_SLOW)
settings.register_profile(
    "nightly", deadline=None, suppress_health_check=_SLOW, max_examples=100_000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))

# Before Django reads its settings.
if os.environ.get("TEST_ZONE"):
    os.environ["TIME_ZONE"] = os.environ["TEST_ZONE"]
database.enter()
for _name in ("SECRET_KEY", "VAULT_KEY", "BLIND_INDEX_KEY", "AUDIT_KEY", "SANDBOX_BANK_TOKEN"):
    os.environ.setdefault(_name, f"for-tests-only-{_name}-0123456789abcdef")
os.environ.setdefault("OTP_SENDER", "console")
django.setup()  # the rooms' conftests import models


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Every process of every run has a database of its own, made as a copy where that can be."""
    from django.conf import settings

    settings.DATABASES["default"]["TEST"] |= {
        "NAME": database.name(),
        "TEMPLATE": database.template(),
    }


@pytest.fixture(scope="session", autouse=True)
def _truncation_passes_the_guards():
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

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", handle)
        yield
