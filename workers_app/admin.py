"""People and terms, for operators; identity, phone and account by their last four."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin

from jianzhu.access.actor import Actor
from jianzhu.web.admin import Asking, moves
from workers_app.models import AgreedRate, Agreement, Crew, CrewMember, PayeeAccount, Worker
from workers_app.people import commands as people
from workers_app.people.serializers import CrewAsked, CrewMemberAsked, PayeeAsked, WorkerAsked
from workers_app.people.steps import NewWorker
from workers_app.terms import commands as terms
from workers_app.terms.serializers import AgreementAsked, RateAsked
from workers_app.terms.steps import NewAgreement

OUT = "suspended by an operator"


@admin.register(Worker)
class WorkerAdmin(Asking):
    right, asked = ("worker", "register"), WorkerAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return people.register_worker(new=NewWorker(**said), actor=actor, at=at)


@admin.register(PayeeAccount)
class PayeeAccountAdmin(Asking):
    right, asked = ("payee_account", "propose"), PayeeAsked
    actions = moves(
        suspend=lambda pk, actor, at: people.suspend_payee(
            payee_id=pk, reason=OUT, actor=actor, at=at
        ),
        reinstate=lambda pk, actor, at: people.reinstate_payee(payee_id=pk, actor=actor, at=at),
    )

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return people.propose_payee(**said, actor=actor, at=at)


@admin.register(Crew)
class CrewAdmin(Asking):
    right, asked = ("crew", "create"), CrewAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return people.create_crew(**said, actor=actor, at=at)


@admin.register(CrewMember)
class CrewMemberAdmin(Asking):
    right, asked = ("crew", "change"), CrewMemberAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return people.join_crew(**said, actor=actor, at=at)


@admin.register(Agreement)
class AgreementAdmin(Asking):
    right, asked = ("agreement", "sign"), AgreementAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return terms.sign_agreement(new=NewAgreement(**said), actor=actor, at=at)


@admin.register(AgreedRate)
class AgreedRateAdmin(Asking):
    right, asked = ("agreed_rate", "propose"), RateAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return terms.propose_rate(**said, actor=actor, at=at)
