"""A rail for tests: the sandbox bank's own books without the HTTP between."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from settlements.payouts.rails.protocol import Outcome, StatementEntry, StatementPage
from settlements.payouts.sandbox.books import Books


class BookRail:
    """`settlements.payouts.rails.Rail` over the bank's books; `silent` loses every answer."""

    def __init__(self, folder) -> None:
        self.books = Books(folder)
        self.silent = False
        self.calls = 0

    def send_many(self, instructions):
        self.calls += 1
        paid = self.books.pay([asdict(i) for i in instructions])
        if self.silent:
            return {i.key: Outcome("unknown", text="no answer") for i in instructions}
        return {i.key: self._shown(p) for i, p in zip(instructions, paid, strict=True)}

    def read_many(self, keys):
        return {
            key: self._shown(self.books.payments[key])
            if key in self.books.payments
            else Outcome("not_found")
            for key in keys
        }

    def statement(self, wage_account, cursor):
        said = self.books.statement(wage_account, cursor)
        return StatementPage(
            said["cursor"],
            said["opening_minor"],
            said["closing_minor"],
            tuple(
                StatementEntry(
                    e["reference"],
                    e["key"],
                    e["kind"],
                    e["amount_minor"],
                    e["code"],
                    e["text"],
                    datetime.fromisoformat(e["at"]),
                    e["payee"],
                )
                for e in said["entries"]
            ),
        )

    @staticmethod
    def _shown(payment):
        code = payment.code if payment.status == "rejected" else ""
        return Outcome(
            payment.status, payment.reference, code, at=datetime.fromisoformat(payment.at)
        )
