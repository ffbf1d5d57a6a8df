"""Whom a wage account tells what, in rows that they see on their page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from jianzhu.access import queries as access
from jianzhu.kernel.db import step
from jianzhu.kernel.money import Money
from jianzhu.notices import queries as notices
from jianzhu.notices import steps as notice
from jianzhu.notices.steps import To
from settlements.funding.models import Duty, Shortfall, WageAccount
from workers_app.terms import queries as terms

notices.sentences(
    {
        "shortfall_owed": gettext_noop(
            "Accepted wages of %(amount)s are not covered by the wage account: "
            "%(company)s has to pay in until %(due)s."
        ),
        "arrears_worker": gettext_noop(
            "Your accepted wages of %(amount)s %(currency)s are unpaid. %(debtor)s has to pay by %(due)s."
        ),
        "shortfall_covered": gettext_noop(
            "The accepted wages of %(amount)s that were not covered have gone out."
        ),
        "duty_overdue": gettext_noop("%(sentence)s: it was due on %(due)s and is not done."),
        "account_low": gettext_noop(
            "The wage account is under the agreed floor of days of wages ahead: pay in until %(due)s."
        ),
        "closing_announced": gettext_noop(
            "The wage account of the project is closed after %(until)s. "
            "Whoever is still owed a wage says so before."
        ),
    }
)
# Who hears of money that is missing: who owes it, who is liable next, and who checks.
COMPANIES = ("subcontractor", "general_contractor", "owner")
DEBTORS = {
    "on_subcontractor": ("subcontractor", "general_contractor", "labour_officer"),
    "on_general_contractor": ("general_contractor", "owner", "labour_officer"),
    "on_owner": ("owner", "general_contractor", "labour_officer"),
    "covered": ("subcontractor", "general_contractor", "owner", "labour_officer"),
}
# Notices of one duty go to whoever owes it; banks and authorities read no page here.
ROLES = {
    "general_contractor": ("general_contractor", "labour_officer"),
    "owner": ("owner", "general_contractor"),
    "subcontractor": ("subcontractor", "general_contractor"),
}


@step
def tell_shortfall(row: Shortfall, *, at: datetime) -> None:
    """Who has to pay in now, and by when; at the end, that it was covered."""
    company = access.organisation_names([row.debtor_id]).get(row.debtor_id, "")
    notice.tell(
        "shortfall_covered" if row.state == "covered" else "shortfall_owed",
        project_id=row.project_id,
        to=[To(role=role) for role in DEBTORS[row.state]],
        subject_type="shortfall",
        subject_id=row.pk,
        once=row.state,
        at=at,
        amount=f"{Money(row.amount_minor, row.currency)} {row.currency}",
        company=company,
        due=f"{row.due_at:%Y-%m-%d %H:%M}",
    )


@step
def tell_duty(duty: Duty, code: str, *, at: datetime) -> None:
    """Whoever owes it: the account is low, or a duty's time is over."""
    notice.tell(
        code,
        project_id=duty.project_id,
        to=[To(role=role) for role in ROLES.get(duty.owed_by, ("general_contractor",))],
        subject_type="duty",
        subject_id=duty.pk,
        once="1",
        at=at,
        sentence=duty.name,
        due=f"{duty.due_at:%Y-%m-%d}",
    )


@step
def tell_closing(account: WageAccount, *, at: datetime) -> None:
    """The public notice of Decree 724 art. 26: every worker of the project, and the companies."""
    assert account.notice_until is not None  # announced right before
    workers = sorted(terms.workers_of(account.project_id))
    notice.tell(
        "closing_announced",
        project_id=account.project_id,
        to=[*(To(role=r) for r in COMPANIES), *(To(worker_id=w) for w in workers)],
        subject_type="wage_account",
        subject_id=account.pk,
        once=f"{account.announced_at:%Y%m%d%H%M%S}",
        at=at,
        until=f"{account.notice_until:%Y-%m-%d}",
    )


@step
def tell_workers(row: Shortfall, owed: Mapping[int, int], zone: str, *, at: datetime) -> None:
    """Each worker who is owed ({worker: minor units}): how much, who has to pay it now, by when."""
    for worker_id, amount in owed.items():
        if amount > 0:
            notice.tell(
                "arrears_worker",
                project_id=row.project_id,
                to=[To(worker_id=worker_id)],
                subject_type="shortfall",
                subject_id=row.pk,
                once=row.state,
                at=at,
                amount=str(Money(amount, row.currency)),
                currency=row.currency,
                debtor=access.organisation_names([row.debtor_id]).get(row.debtor_id, ""),
                due=f"{row.due_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
            )
