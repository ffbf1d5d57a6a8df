"""django-hordak posting in bulk; run by bench.posting in a process of its own."""

from __future__ import annotations

import sys
import time
from urllib.parse import unquote, urlsplit

TRANSACTIONS, CHUNK = 10_000, 1_000


def main(url: str) -> None:
    parts = urlsplit(url)
    from django.conf import settings

    settings.configure(
        SECRET_KEY="x" * 50,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "mptt",
            "djmoney",
            "hordak",
        ],
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        HORDAK_CURRENCIES=["CNY"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "bench_hordak",
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname,
                "PORT": parts.port,
            }
        },
    )
    import psycopg

    admin = url.rpartition("/")[0] + "/postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_hordak WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_hordak")
    try:
        print(f"{TRANSACTIONS / run():.1f} transactions/s")
    finally:
        from django.db import connection as own

        own.close()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP DATABASE bench_hordak WITH (FORCE)")


def run() -> float:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from hordak.models import Account, Leg, Transaction

    call_command("migrate", verbosity=0)
    source, target = (
        Account.objects.create(name=n, code=c, type="AS", currencies=["CNY"])
        for n, c in (("source", "1"), ("target", "2"))
    )
    started = time.perf_counter()
    for _ in range(TRANSACTIONS // CHUNK):
        with transaction.atomic():
            made = Transaction.objects.bulk_create([Transaction() for _ in range(CHUNK)])
            legs = []
            for one in made:
                legs += [
                    Leg(transaction=one, account=source, debit=1, currency="CNY"),
                    Leg(transaction=one, account=target, credit=1, currency="CNY"),
                ]
            Leg.objects.bulk_create(legs)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1])
