"""Account, transfer, entry. PostgreSQL itself keeps them balanced, unchanged and covered.

An entry lies in one of two layers: `posted` money has moved, `pending` money is reserved. A two-phase
transfer writes pending entries; its completion writes their opposite and the posted ones. So nothing
is ever edited, and each account's four counters are sums over its entries (TigerBeetle's model, with
entries so that one transfer may have many legs).
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards
from settlements.ledger.permitted import PROTECTED


class Account(models.Model):
    """`kind` of what, for whom: ("payable", worker, project), ("wage_fund", project), …

    Of the kinds that are kept per company (`claim_on`, …) `worker_id` is the organisation's id.
    Counters are minor units; only the entry trigger may write them. `guarded`: debits, posted and
    pending together, never exceed posted credits.
    """

    kind = models.CharField(max_length=24)
    project_id = models.BigIntegerField()
    worker_id = models.BigIntegerField(default=0)  # 0: the project's own
    currency = models.CharField(max_length=3)
    guarded = models.BooleanField(default=False)
    debits_posted = models.BigIntegerField(default=0)
    credits_posted = models.BigIntegerField(default=0)
    debits_pending = models.BigIntegerField(default=0)
    credits_pending = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    # The counters follow from entries, which are journaled.
    journal_except = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "worker_id", "kind", "currency"], name="account_once"
            ),
            models.CheckConstraint(
                condition=Q(guarded=False)
                | Q(credits_posted__gte=F("debits_posted") + F("debits_pending")),
                name="account_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(debits_pending__gte=0, credits_pending__gte=0),
                name="account_pending",
            ),
        ]
        triggers = [
            *guards.fixed("account", "kind", "project_id", "worker_id", "currency", "guarded"),
            *guards.lock_column("account", "created_at"),
            pgtrigger.Trigger(
                name="account_starts_empty",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "((NEW.debits_posted, NEW.credits_posted, NEW.debits_pending, "
                    "NEW.credits_pending) <> (0, 0, 0, 0))"
                ),
                func="RAISE EXCEPTION 'balances follow from entries' "
                "USING ERRCODE = 'insufficient_privilege';",
            ),
            pgtrigger.Trigger(
                name="account_counters",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "debits_posted", "credits_posted", "debits_pending", "credits_pending"
                ),
                when=pgtrigger.Before,
                # Depth 1 is the entry trigger's own update; anything else comes from outside.
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'balances follow from entries'
                            USING ERRCODE = 'insufficient_privilege';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def balance(self) -> int:
        """Posted credits less posted debits, in minor units."""
        return self.credits_posted - self.debits_posted

    @property
    def free(self) -> int:
        """What may still be debited: the balance less what is reserved."""
        return self.balance - self.debits_pending


class AccountClosing(models.Model):
    """From now on nothing is posted to the account any more; what is reserved can still go back."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="closing")
    at = models.DateTimeField()
    made_by = models.CharField(max_length=40)

    class Meta:
        app_label = "settlements"
        triggers = guards.append_only("account_closing")


class PermittedMovement(models.Model):
    """The closed list of what may touch wages (`permitted.TABLE`): kind of transfer, from, to.

    `after_wages`: only while no accepted wage of the project is unpaid or unfunded.
    """

    kind = models.CharField(max_length=24)
    source = models.CharField(max_length=24)
    target = models.CharField(max_length=24)
    after_wages = models.BooleanField(default=False)

    only_the_owner_writes = True  # read by jianzhu.kernel.roles

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "target"], name="permitted_once")
        ]


class Transfer(models.Model):
    """One movement, known by `key`: the same key and content is the same transfer.

    `phase`: `single` posts at once; `reserve` writes pending entries; `post` and `void` complete the
    reserve in `of`; `reverse` undoes the transfer in `of`. At most one of these three per original.
    """

    PHASES = [(p, p) for p in ("single", "reserve", "post", "void", "reverse")]

    key = models.CharField(max_length=100, unique=True)
    # SHA-256 of the content: same key with other content is refused, not overwritten.
    digest = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=24)
    phase = models.CharField(max_length=8, choices=PHASES)
    of = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_positive"),
            models.CheckConstraint(
                condition=Q(phase__in=["single", "reserve"], of=None)
                | Q(phase__in=["post", "void", "reverse"], of__isnull=False),
                name="transfer_phase",
            ),
            models.UniqueConstraint(
                fields=["of"], condition=Q(of__isnull=False), name="transfer_completed_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="transfer_expires",
            ),
        ]
        triggers = guards.append_only("transfer")


_SUMS = """
    PERFORM 1 FROM settlements_account
        WHERE id IN (SELECT account_id FROM written) ORDER BY id FOR NO KEY UPDATE;
    UPDATE settlements_account a SET
        debits_posted = a.debits_posted + s.dp, credits_posted = a.credits_posted + s.cp,
        debits_pending = a.debits_pending + s.dr, credits_pending = a.credits_pending + s.cr
    FROM (SELECT account_id,
            coalesce(sum(-amount_minor) FILTER (WHERE layer = 'posted' AND side = 'D'), 0) AS dp,
            coalesce(sum(amount_minor) FILTER (WHERE layer = 'posted' AND side = 'C'), 0) AS cp,
            coalesce(sum(-amount_minor) FILTER (WHERE layer = 'pending' AND side = 'D'), 0) AS dr,
            coalesce(sum(amount_minor) FILTER (WHERE layer = 'pending' AND side = 'C'), 0) AS cr
          FROM written GROUP BY account_id) s
    WHERE a.id = s.account_id;
    RETURN NULL;
"""
# Legs of one statement that sum to zero need no second look; the others are looked at when the
# transaction ends, with whatever legs came later.
_QUEUE = """
    INSERT INTO settlements_unbalanced (transfer_id)
        SELECT DISTINCT transfer_id FROM (
            SELECT transfer_id FROM written GROUP BY transfer_id, layer, currency
            HAVING sum(amount_minor) <> 0) u;
"""
_BALANCED = """
    IF EXISTS (SELECT 1 FROM settlements_entry WHERE transfer_id = NEW.transfer_id
               GROUP BY layer, currency HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION 'transfer % does not sum to zero', NEW.transfer_id
            USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM settlements_unbalanced WHERE id = NEW.id;
    RETURN NULL;
"""
_CLOSED = """
    IF EXISTS (SELECT 1 FROM written w JOIN settlements_accountclosing c USING (account_id)
               WHERE w.layer = 'posted' OR (w.side = 'D') = (w.amount_minor < 0)) THEN
        RAISE EXCEPTION 'the account is closed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'account_closed';
    END IF;
"""
# Debits and credits of a transfer side by side; what undoes another goes the other way.
_PERMITTED = f"""
    FOR moved IN
        SELECT m.kind, f.source, o.target, m.project_id, p.after_wages
        FROM (SELECT t.kind, min(a.project_id) AS project_id,
                array_agg(DISTINCT a.kind) FILTER (
                    WHERE (w.side = 'D') <> (t.phase = 'reverse')) AS sources,
                array_agg(DISTINCT a.kind) FILTER (
                    WHERE (w.side = 'D') = (t.phase = 'reverse')) AS targets
              FROM written w JOIN settlements_transfer t ON t.id = w.transfer_id
              JOIN settlements_account a ON a.id = w.account_id
              GROUP BY t.id, t.kind) m
        CROSS JOIN unnest(m.sources) AS f(source) CROSS JOIN unnest(m.targets) AS o(target)
        LEFT JOIN settlements_permittedmovement p
            ON p.kind = m.kind AND p.source = f.source AND p.target = o.target
        WHERE (f.source IN {PROTECTED} OR o.target IN {PROTECTED})
          AND (p.id IS NULL OR p.after_wages)
    LOOP
        IF moved.after_wages IS NULL THEN
            RAISE EXCEPTION 'a % may not move money from % to %',
                moved.kind, moved.source, moved.target
                USING ERRCODE = 'check_violation', CONSTRAINT = 'movement_permitted';
        END IF;
        IF EXISTS (SELECT 1 FROM settlements_account WHERE kind = 'payable'
                   AND project_id = moved.project_id AND credits_posted > debits_posted)
           OR EXISTS (SELECT 1 FROM settlements_statementline l
                      JOIN settlements_statement s ON s.id = l.statement_id
                      WHERE s.project_id = moved.project_id AND l.state = 'matched') THEN
            RAISE EXCEPTION 'wages of work already done rank first'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'wages_first';
        END IF;
    END LOOP;
"""
_CURRENCY = """
    IF EXISTS (SELECT 1 FROM written w JOIN settlements_account a ON a.id = w.account_id
               WHERE a.currency <> w.currency) THEN
        RAISE EXCEPTION 'an entry has another currency than its account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_currency';
    END IF;
"""


class Entry(models.Model):
    """One leg: `amount_minor` is positive for a credit, negative for a debit, on the side `side`.

    The side stays with the original when a pending leg is taken back, so the counter it rose goes
    down again: a reserve's debit leg is (D, -123), its release (D, +123).
    """

    # Checked per statement by `entry_parents`, not per row: neither can be deleted.
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    layer = models.CharField(max_length=8, choices=[("posted", "posted"), ("pending", "pending")])
    side = models.CharField(max_length=1, choices=[("D", "debit"), ("C", "credit")])
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    journal_under = "transfer"
    journal_facts = ("account_id", "layer", "side")

    class Meta:
        app_label = "settlements"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="entry_not_zero"),
            models.CheckConstraint(
                condition=Q(layer="pending")
                | Q(side="D", amount_minor__lt=0)
                | Q(side="C", amount_minor__gt=0),
                name="entry_posted_side",
            ),
        ]
        triggers = [
            *guards.append_only("entry"),
            guards.parents(
                "entry", transfer_id="settlements_transfer", account_id="settlements_account"
            )[0],
            guards.AsOwner(
                name="entry_balances",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]
                func=_CURRENCY + _CLOSED + _QUEUE + _SUMS,
            ),
            guards.AsOwner(
                name="entry_permitted",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]
                declare=[("moved", "RECORD")],
                func=_PERMITTED + "RETURN NULL;",
            ),
        ]


class Unbalanced(models.Model):
    """Transfers whose legs came in several statements; looked at when the transaction ends, and
    then gone. Only the entry trigger writes here."""

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )

    only_the_owner_writes = True  # read by jianzhu.kernel.roles

    class Meta:
        app_label = "settlements"
        triggers = [
            guards.AsOwner(
                name="entry_sum_zero",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=_BALANCED,
            ),
        ]
