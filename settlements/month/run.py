"""Running the sample month, step by step; each may be killed and begun again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jianzhu.access.models import Membership
from jianzhu.audit import commands as audit
from jianzhu.kernel import clock
from jianzhu.kernel.keys import kept_secret
from jianzhu.kernel.money import Money
from jianzhu.outbox import relay
from projects.attendance import capture
from projects.attendance import commands as attendance
from projects.attendance.models import DeviceBody, ParkedEvent, Punch
from projects.attendance.steps import digest
from projects.sites.models import Device, Project, Site
from settlements.funding.models import Deposit, WageAccount
from settlements.month import files, plan, setup
from settlements.payouts import reconciliation
from settlements.payouts.models import Payout
from settlements.payouts.rails.sandbox_bank import SandboxBank
from settlements.statements.models import Statement, StatementLine
from settlements.statements.rules import SENTENCES
from settlements.wages import reasons

Say = Callable[[str], None]
# Business days that the bank lets pass after the month, so that returned money comes back.
BANK_DAYS = 5


@dataclass(frozen=True, slots=True)
class Before:
    """What was there before, so that a second run can say that it changed nothing."""

    bodies: int
    punches: int
    lines: int
    payouts: int

    @classmethod
    def now(cls) -> Before:
        return cls(
            DeviceBody.objects.count(),
            Punch.objects.count(),
            StatementLine.objects.count(),
            Payout.objects.exclude(state="ready").count(),
        )


def language(environ: Mapping[str, str]) -> str:
    """What the terminal's user reads: Chinese where the locale says so, else English."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((environ[name] for name in names if environ.get(name)), "")
    return "zh-hans" if said.lower().startswith("zh") else "en"


def run(say: Say) -> None:
    """The whole month: set up, gates, acceptance, match, release, bank, reconciliation."""
    before = Before.now()
    for kind in setup.ORDER:
        report = setup.load(kind)
        say(
            _("set up: %(sheet)s: %(new)s new, %(same)s there already")
            % {"sheet": kind.replace("_", " "), "new": report.new, "same": report.same}
        )
    say(_("approved by a second person: %(n)s rates and accounts") % {"n": setup.approve()})
    setup.let_staff_in(password=password(), at=clock.now())
    bank = SandboxBank(settings.SANDBOX_BANK_URL, settings.SANDBOX_BANK_TOKEN)
    _pay_in(bank)
    say(_("gates: %(n)s new bodies") % {"n": _replay(say)})
    say(_("sheets: %(n)s new punches") % {"n": _sheets()})
    _drain(say)
    if made := plan.make(setup.AT):
        say(_("plans solved, published and answered: %(n)s") % {"n": made})
        _drain(say)
    _reconcile(bank)
    bank.pass_days(BANK_DAYS)
    _reconcile(bank)
    _drain(say)
    audit.seal(at=clock.now())
    tell(say)
    if Before.now() == before:
        say(_("Everything was done before; nothing changed."))


def password() -> str:
    """The trial password of all staff, made once for this machine."""
    return kept_secret(settings.VAR / "keys" / "trial_password")[:16]


def _pay_in(bank: SandboxBank) -> None:
    for deposit in Deposit.objects.select_related("wage_account").order_by("pk"):
        bank.deposit(deposit.wage_account.bank_account, deposit.reference, deposit.amount_minor)


def _replay(say: Say) -> int:
    """The terminals' recorded requests, in the order they came; those kept before are left out."""
    kept = {
        (received, bytes(found))
        for received, found in DeviceBody.objects.values_list("received_at", "digest")
    }
    new = 0
    recorded = files.recorded()
    for number, one in enumerate(recorded, start=1):
        if (one.request.received_at, digest(one.request.body)) not in kept:
            capture.store_body(maker=one.maker, serial=one.serial, request=one.request)
            new += 1
        if number % 400 == 0:
            done = {"n": number, "all": len(recorded)}
            say(_("gates: %(n)s of %(all)s recorded requests") % done)
    return new


def _sheets() -> int:
    """Punches written by hand while a gate was down."""
    new = 0
    for file in sorted((files.HOME / "sheets").iterdir()):
        rows = files.rows("punches", file)
        site = Site.objects.get(code=rows[0].text("site_code"))
        device = Device.objects.get(site=site, kind="sheet")
        new += attendance.take_sheet(
            device_id=device.pk,
            name=file.name,
            content=file.read_bytes(),
            punches=[
                (row.text("person_no"), _wall(row.datetime("at"), site.zone), row.text("direction"))
                for row in rows
            ],
            actor=setup.checker(site.project_id),
            at=clock.now(),
        )
    return new


def _wall(value: datetime, zone: str) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _drain(say: Say) -> None:
    """Everything that is due; the relay process may be doing the same, the leases keep us apart."""
    done = relay.drain()
    say(_("worked off %(n)s messages") % {"n": done})


def _reconcile(bank: SandboxBank) -> None:
    for account in WageAccount.objects.order_by("pk"):
        reconciliation.reconcile(account, bank, at=clock.now())
    relay.drain()


def tell(say: Say) -> None:
    """What was matched, released, paid, held and why; and who may sign in."""
    for project in Project.objects.order_by("code"):
        say("")
        say(f"{project.code} {project.name}")
        lines = StatementLine.objects.filter(statement__project=project).exclude(state="void")
        for state, count in sorted(Counter(lines.values_list("state", flat=True)).items()):
            amount = sum(
                minor or 0
                for minor in lines.filter(state=state).values_list("amount_minor", flat=True)
            )
            say(f"  {_('lines')} {_(state):9} {count:5}   {Money(amount, project.currency)}")
        reasons = Counter(lines.filter(state="held").values_list("reason", "owed_by"))
        for (reason, owed_by), count in sorted(reasons.items()):
            why = _(SENTENCES.get(reason, reason))
            say(f"    {count:4} {_('held')}: {why} ({_(owed_by)})")
        for said, count in _findings(project):
            say(f"    {count:4} {_('found')}: {said}")
        payouts = Payout.objects.filter(project=project)
        for (state, code), count in sorted(Counter(payouts.values_list("state", "code")).items()):
            say(f"  {_('payouts')} {_(state)} {code}: {count}")
    parked = Counter(ParkedEvent.objects.filter(state="parked").values_list("code", flat=True))
    say("")
    aside = ", ".join(f"{n} {c}" for c, n in parked.items()) or _("none")
    say(f"{_('set aside at the gates')}: {aside}")
    _tell_sign_ins(say)


def _findings(project: Project) -> list[tuple[str, int]]:
    """What the law would object to, each sentence with the number of statements it stands on."""
    rows = Statement.objects.filter(project=project).exclude(findings=[])
    reads = "zh" if (get_language() or "en").startswith("zh") else "en"
    said = Counter(
        reasons.kept(raw, project.currency, reads)
        for found in rows.values_list("findings", flat=True)
        for raw in found
    )
    return sorted(said.items())


def _tell_sign_ins(say: Say) -> None:
    say("")
    say(_("sign in as (password %(password)s):") % {"password": password()})
    for member in Membership.objects.filter(valid_to=None).select_related("user").order_by("pk"):
        if member.user.worker_id is None:
            say(f"  {member.user.username:16} {member.role}")
    say(
        "  "
        + _(
            "workers: phone number from examples/month/setup/workers.xlsx and the code printed here"
        )
    )
