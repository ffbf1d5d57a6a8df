"""A big site for benchmarks: a database of its own, and workers with a month of confirmed days."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

MONTH = date(2026, 10, 1)
DAYS = 31
AT = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


@contextmanager
def database(name: str):
    """An empty, migrated database on the embedded server, dropped afterwards; Django set up on it.

    BENCH_TEMPLATE names one that is migrated already and is copied, which is quicker.
    """
    import psycopg

    from jianzhu.embedded import postgres

    url = os.environ.get("BENCH_DATABASE_URL") or postgres.database_urls()[1]
    parts = urlsplit(url)
    admin = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        template = os.environ.get("BENCH_TEMPLATE", "template1")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianzhu.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection as own

    if "BENCH_TEMPLATE" not in os.environ:
        call_command("migrate", verbosity=0)
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        own.close()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def pour(model, columns, rows):
    """COPY rows; what they leave out gets the model's own defaults."""
    from django.db.models import JSONField

    from jianzhu.kernel.db import copy_rows

    left = [
        f
        for f in model._meta.concrete_fields
        if f.column not in columns and f.has_default() and not f.primary_key
    ]
    more = tuple(
        json.dumps(f.get_default()) if isinstance(f, JSONField) else f.get_default() for f in left
    )
    copy_rows(model, (*columns, *(f.column for f in left)), ((*row, *more) for row in rows))


def big_site(
    workers: int,
    days: int = DAYS,
    *,
    rate: int = 40_000,
    overtime: bool = True,
    code: str = "T-1",
):
    """(site, worker ids): one crew, day rates, every day confirmed, one accepted sheet."""
    from jianzhu.kernel.db import take_ids
    from projects.attendance.models import DayRecord
    from tests.site import Site, at
    from workers_app.people.models import CrewMember, PayeeAccount, Worker
    from workers_app.terms.models import AgreedRate, Agreement

    site = Site.build(workers=1, funds=10**13, code=code)
    like = site.li_wei
    ids = take_ids(Worker, workers)
    pour(
        Worker,
        (
            "id",
            "employer_id",
            "code",
            "name",
            "trade",
            "person_key",
            "id_kind",
            "id_number_sealed",
            "id_number_index",
            "id_number_tail",
            "phone_sealed",
            "phone_index",
            "phone_tail",
            "created_at",
        ),
        (
            (
                i,
                like.employer_id,
                f"B-{i}",
                "工人",
                "砌筑",
                bytes(like.person_key),
                "01",
                b"x",
                i.to_bytes(32, "big"),
                "0000",
                b"x",
                i.to_bytes(32, "big"),
                "0000",
                AT,
            )
            for i in ids
        ),
    )
    pour(
        CrewMember, ("crew_id", "worker_id", "valid_from"), ((site.crew.pk, i, MONTH) for i in ids)
    )
    agreements = take_ids(Agreement, workers)
    pour(
        Agreement,
        (
            "id",
            "worker_id",
            "project_id",
            "employer_id",
            "trade",
            "rule_set",
            "region",
            "currency",
            "pay_day",
            "signed_on",
            "created_at",
        ),
        (
            (a, i, site.project.pk, like.employer_id, "砌筑", "CN", "CN-99", "CNY", 15, MONTH, AT)
            for a, i in zip(agreements, ids, strict=True)
        ),
    )
    rates = take_ids(AgreedRate, workers)
    pour(
        AgreedRate,
        (
            "id",
            "agreement_id",
            "basis",
            "item",
            "unit",
            "rate_minor",
            "workday_minutes",
            "valid_from",
            "state",
            "made_by",
            "checked_by",
            "created_at",
        ),
        (
            (r, a, "day", "", "", rate, 480, MONTH, "proposed", "bench", "", AT)
            for r, a in zip(rates, agreements, strict=True)
        ),
    )
    AgreedRate.objects.filter(pk__in=rates).update(state="agreed", checked_by="user:0")
    payees = take_ids(PayeeAccount, workers)
    from jianzhu.kernel.vault import seal

    pour(
        PayeeAccount,
        (
            "id",
            "worker_id",
            "bank_code",
            "bank_name",
            "account_sealed",
            "account_index",
            "account_tail",
            "state",
            "reason",
            "made_by",
            "checked_by",
            "created_at",
        ),
        (
            (
                p,
                i,
                "105",
                "",
                seal(
                    person_key=bytes(like.person_key),
                    text=f"9999{i:012d}",
                    place=f"payee_account.account:{p}",
                ),
                i.to_bytes(32, "big"),
                "0000",
                "pending",
                "",
                "bench",
                "",
                AT,
            )
            for p, i in zip(payees, ids, strict=True)
        ),
    )
    PayeeAccount.objects.filter(pk__in=payees).update(state="verified", checked_by="user:0")
    pour(
        DayRecord,
        (
            "worker_id",
            "project_id",
            "crew_id",
            "on",
            "state",
            "version",
            "minutes",
            "night_minutes",
            "workday_thousandths",
            "intervals",
            "exceptions",
            "punch_ids",
            "updated_at",
        ),
        (
            (
                i,
                site.project.pk,
                site.crew.pk,
                MONTH + timedelta(days=n),
                "confirmed",
                1,
                540 if overtime and n % 5 == 0 else 480,
                0,
                1000,
                "[]",
                "[]",
                "[]",
                AT,
            )
            for i in ids
            for n in range(days)
        ),
    )
    sheet = site.sheet(MONTH, MONTH + timedelta(days=DAYS - 1), submitted=at(MONTH, 8))
    site.accept(sheet, at(MONTH, 9))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return site, ids
