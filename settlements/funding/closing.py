"""What still stands against closing a wage account, or its project (Decree 724 art. 26; 53号)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_noop

from settlements.funding.models import WageAccount

# (what stands against it, how many there are): questions to the tables of the rooms above.
_ASKED = (
    (
        gettext_noop("wages not paid yet"),
        """SELECT count(*) FROM settlements_account WHERE kind = 'payable' AND project_id = %s
           AND credits_posted <> debits_posted""",
    ),
    (
        gettext_noop("statement lines that still wait"),
        """SELECT count(*) FROM settlements_statementline l
           JOIN settlements_statement s ON s.id = l.statement_id
           WHERE s.project_id = %s AND l.state IN ('held', 'matched', 'disputed')""",
    ),
    (
        gettext_noop("open cases"),
        """SELECT count(*) FROM settlements_dispute
           WHERE project_id = %s AND ended_at IS NULL""",
    ),
    (
        gettext_noop("open shortfalls"),
        """SELECT count(*) FROM settlements_shortfall
           WHERE project_id = %s AND state <> 'covered'""",
    ),
)
_NOT_COMPLETED = (
    gettext_noop("a project that is not completed"),
    """SELECT count(*) FROM projects_project
       WHERE id = %s AND state NOT IN ('completed', 'closed')""",
)


def unsettled(project_id: int) -> list[tuple[str, int]]:
    """What is still open of the project's wages, with how many of each; empty when nothing is."""
    found = [(what, _count(sql, project_id)) for what, sql in _ASKED]
    return [(what, count) for what, count in found if count]


def against(account: WageAccount, at: datetime) -> list[tuple[str, int]]:
    """What forbids the closing now, with how many of each; empty when nothing does."""
    found = unsettled(account.project_id)
    what, sql = _NOT_COMPLETED
    if count := _count(sql, account.project_id):
        found.append((what, count))
    if account.notice_until is None or account.notice_until > at:
        found.append((gettext_noop("a notice that is not over"), 1))
    return found


def _count(sql: str, project_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [project_id])
        return int(cursor.fetchone()[0])
