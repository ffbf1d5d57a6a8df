"""The admin shows operators every kind of row, changes none, and never shows what is sealed."""

import pytest
from django.contrib import admin

from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from tests.site import DAY

MODELS = sorted(admin.site._registry, key=lambda m: m._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label_lower)
def test_an_operator_may_look_at_every_list(model, site, browse):
    site.work(site.li_wei, DAY)
    site.run()
    client = browse(site.operator.user_id)

    page = client.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/")

    assert page.status_code == 200
    assert "_sealed" not in page.content.decode()
    assert "/add/" not in page.content.decode()


def test_nobody_else_gets_in(site, browse):
    answer = browse(site.contractor.user_id).get("/admin/")

    assert answer.status_code == 302


def test_a_parked_message_is_tried_again_by_an_operator(site, browse):
    site.run()
    message = OutboxMessage.objects.order_by("pk").first()
    OutboxMessage.objects.filter(pk=message.pk).update(
        done_at=None, parked_at=clock.now(), attempts=5, last_error="the bank was closed"
    )

    browse(site.operator.user_id).post(
        "/admin/jianzhu/outboxmessage/",
        {"action": "retry", "_selected_action": [message.pk]},
    )

    message.refresh_from_db()
    assert (message.parked_at, message.attempts) == (None, 0)
