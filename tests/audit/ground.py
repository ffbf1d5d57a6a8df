"""What tests of the log stand on."""

from django.db import connection, transaction

from jianzhu.audit import journal


def as_superuser(sql):
    """What somebody with the server's own rights could do: switch every trigger off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)


def adopt_reference_data():
    """Tables that a migration fills are filled again between tests, with every trigger off."""
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION journal_settlements_permittedmovement() CASCADE")
    assert journal.install() == 1
