"""What people hear by themselves: a change of account reaches the phone on record."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from jianzhu.notices.queries import sentences, text_of
from jianzhu.outbox.registry import News, listens_to
from jianzhu.web.accounts.senders import say
from workers_app.people import queries
from workers_app.people.models import PayeeAccount

sentences(
    {
        "payee_change": gettext_noop(
            "Somebody asks to pay your wages to the account ending in %(tail)s. "
            "If it is not you, call the platform now."
        ),
        "payee_changed": gettext_noop(
            "Your wages go to the account ending in %(tail)s from now on; its first payment waits. "
            "If it is not yours, call the platform now."
        ),
    }
)


@listens_to("payee_account.notice")
def message(news: list[News], at: datetime) -> None:
    """A text message to the number on record, whoever asked for the change."""
    for one in news:
        payee = PayeeAccount.objects.select_related("worker").get(pk=one.payload["payee_id"])
        text = text_of(one.payload["code"], {"tail": payee.account_tail})
        say(queries.phone_of(payee.worker), text)
