"""S7: somebody takes over a phone or a session and wants the wages. Twenty ways, none pays in the hold,
and the old contact is told each time the account is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jianzhu.access.actor import SYSTEM
from jianzhu.access.models import User
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Contradiction, Forbidden, NotFound, Refusal, SameHand
from jianzhu.notices.models import Notice
from jianzhu.web.accounts import commands as accounts
from settlements.payouts.models import Payout
from tests.site import DAY, Site
from workers_app.people import commands as people
from workers_app.people import errors, queries, steps
from workers_app.people.models import PayeeAccount

NEW = "99990000000000007777"


class Attack:
    """What an attacker holds, and what they try."""

    def __init__(self, site: Site) -> None:
        self.site, self.worker = site, site.li_wei
        self.said: list[str] = []

    def code(self, purpose: str = "payee_change") -> str:
        phone = queries.phone_of(self.worker)
        return accounts.request_code(phone=phone, purpose=purpose, at=clock.now()) or ""

    def propose(self, *, actor=None, account=NEW, old_session=True, **proof):
        since = clock.now() - timedelta(days=30 if old_session else 1)
        return people.propose_payee(
            worker_id=self.worker.pk,
            bank_code="105",
            bank_name="临澜银行",
            account=account,
            actor=actor or self.site.actor(self.worker),
            at=clock.now(),
            signed_in_at=since,
            **proof,
        )

    def verify(self, payee, actor=None):
        return people.verify_payee(
            payee_id=payee.pk, actor=actor or self.site.contractor, at=clock.now()
        )


def employer(site):
    user = User.objects.get(pk=site.operator.user_id)
    user.set_password("a long pass phrase")
    user.save()
    return site.operator


def own(a, **more):
    return a.propose(code=a.code(), **more)


# Each: (name, what is tried, the refusal it meets or None when it only has to wait)
VARIANTS = {
    "an open session without a code": (lambda a: a.propose(), errors.ReauthenticationNeeded),
    "a wrong code": (lambda a: (a.code(), a.propose(code="000000")), errors.ReauthenticationNeeded),
    "a code for signing in": (
        lambda a: a.propose(code=a.code("sign_in")),
        errors.ReauthenticationNeeded,
    ),
    "a code used before": (lambda a: twice(a), errors.ReauthenticationNeeded),
    "the employer without a password": (
        lambda a: a.propose(actor=employer(a.site)),
        errors.ReauthenticationNeeded,
    ),
    "the employer with a wrong password": (
        lambda a: a.propose(actor=employer(a.site), password="guess"),
        errors.ReauthenticationNeeded,
    ),
    "the employer with the worker's code": (
        lambda a: a.propose(actor=employer(a.site), code=a.code()),
        errors.ReauthenticationNeeded,
    ),
    "a colleague": (lambda a: a.propose(actor=a.site.actor(a.site.zhang_qiang)), NotFound),
    "the crew leader": (lambda a: leader(a), Refusal),
    "the contractor": (lambda a: a.propose(actor=a.site.contractor), Forbidden),
    "another's name": (lambda a: own(a, holder_name="王五"), errors.NameDiffers),
    "right code, verified by oneself": (
        lambda a: a.verify(own(a), a.site.actor(a.worker)),
        Forbidden,
    ),
    "right password, verified by oneself": (
        lambda a: a.verify(a.propose(actor=employer(a.site), password="a long pass phrase"), a.site.operator),
        Forbidden,
    ),
    "a new phone": (lambda a: a.verify(own(a, old_session=False)), errors.NeedsReview),
    "a new phone, reviewed by whoever asked": (lambda a: reviewed_by_maker(a), SameHand),
    "a colleague's account": (lambda a: a.verify(own(a, account=account_of(a))), errors.NeedsReview),
    "a colleague's account, reviewed": (lambda a: reviewed_shared(a), Contradiction),
    "right code, checked by a second person": (lambda a: a.verify(own(a)), None),
    "by a file": (lambda a: a.verify(by_file(a)), None),
    "after the old one was suspended": (lambda a: suspended(a), None),
}  # fmt: skip


def leader(a):
    from dataclasses import replace

    return a.propose(actor=replace(a.site.leader, worker_id=None))


def twice(a):
    code = a.code()
    a.propose(code=code)
    a.propose(code=code, account="99990000000000008888")


def reviewed_by_maker(a):
    payee = a.propose(actor=employer(a.site), password="a long pass phrase", old_session=False)
    people.review_payee(payee_id=payee.pk, actor=a.site.operator, at=clock.now())


def account_of(a):
    return f"9999{a.site.project.code}{1:08d}"


def reviewed_shared(a):
    payee = own(a, account=account_of(a))
    people.review_payee(payee_id=payee.pk, actor=a.site.operator, at=clock.now())
    try:
        a.verify(payee)
    except Exception as error:
        raise Contradiction(rule=str(error)[:40]) from error


def by_file(a):
    from jianzhu.kernel.db import command

    @command
    def imported():
        return steps.propose_payee(
            worker=a.worker, bank_code="105", bank_name="临澜银行", account=NEW, actor=SYSTEM,
            at=clock.now(),
        )  # fmt: skip

    return imported()


def suspended(a):
    old = PayeeAccount.objects.get(worker=a.worker, state="verified")
    people.suspend_payee(payee_id=old.pk, reason="lost card", actor=a.site.operator, at=clock.now())
    return a.verify(own(a))


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_reaches_a_new_account_inside_the_hold(name, site, bank, capsys):
    act, refusal = VARIANTS[name]
    attack = Attack(site)
    if refusal is None:
        act(attack)
    else:
        with pytest.raises(refusal):
            act(attack)

    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()

    payout = Payout.objects.get(worker=site.li_wei)
    paid_to = {p.said["payee_account"] for p in bank.books.payments.values()}
    assert NEW not in paid_to
    if refusal is None:
        assert (payout.state, payout.code) == ("held", "payee_hold")
    else:
        assert payout.state == "paid"
    asked = PayeeAccount.objects.filter(worker=site.li_wei, created_at__gt=site.li_wei.created_at)
    changes = [p for p in asked if p.account_tail == NEW[-4:]]
    told = capsys.readouterr().out
    for payee in changes:
        assert Notice.objects.filter(code="payee_change", subject_id=payee.pk).exists()
        assert "message to ****" in told


def test_a_sent_payout_keeps_the_payee_it_was_sent_to(site, bank):
    """The pay run freezes the payee: a change afterwards can't redirect it."""
    bank.silent = True
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    before = Payout.objects.get(worker=site.li_wei)
    assert before.state == "unknown"

    attack = Attack(site)
    attack.verify(own(attack))
    site.run()

    after = Payout.objects.get(worker=site.li_wei)
    assert (after.payee_id, after.attempt) == (before.payee_id, 1)


def test_the_hold_is_the_platforms_policy(site, settings):
    settings.PAYEE_HOLD_HOURS = 120
    attack = Attack(site)

    payee = attack.verify(own(attack))

    assert timedelta(hours=119) < payee.hold_until - clock.now() <= timedelta(hours=120)
