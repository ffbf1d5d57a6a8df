"""The admin shows operators every kind of row, changes none, and never shows what is sealed."""

import pytest
from django.contrib import admin

from jianzhu.audit.models import AuditEvent
from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from jianzhu.web.admin import Asking
from projects.sites.models import Party
from settlements.funding.models import WageAccount
from tests.site import DAY
from workers_app.people.models import Worker

MODELS = sorted(admin.site._registry, key=lambda m: m._meta.label)
ASKING = [m for m in MODELS if isinstance(admin.site._registry[m], Asking)]


def _path(model):
    return f"{model._meta.app_label}/{model._meta.model_name}"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label_lower)
def test_an_operator_may_look_at_every_list(model, site, browse):
    site.work(site.li_wei, DAY)
    site.run()
    client = browse(site.operator.user_id)

    page = client.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/")

    assert page.status_code == 200
    assert "_sealed" not in page.content.decode()


@pytest.mark.parametrize("model", ASKING, ids=lambda m: m._meta.label_lower)
def test_every_form_opens_and_names_what_is_missing(model, site, browse):
    client, path = browse(site.operator.user_id), f"/admin/{_path(model)}/add/"

    shown, sent = client.get(path), client.post(path, {})

    assert (shown.status_code, sent.status_code) == (200, 200)
    assert "<form" in shown.content.decode()
    assert "required" in sent.content.decode()


def test_what_a_form_asks_for_is_done_by_its_command(site, browse):
    client = browse(site.operator.user_id)

    answer = client.post(
        "/admin/workers_app/worker/add/",
        {
            "employer_id": site.zhang_qiang.employer_id,
            "code": "W-77",
            "name": "钱进",
            "trade": "木工",
            "id_number": "990000199001017777",
            "phone": "10000000077",
        },
    )

    made = Worker.objects.get(code="W-77")
    assert answer.status_code == 302
    assert b"990000199001017777" not in bytes(made.id_number_sealed)
    (event,) = AuditEvent.objects.filter(verb="worker.register", subject_id=made.pk)
    assert event.actor == str(site.operator)


def test_a_commands_no_is_shown_in_its_words_and_nothing_is_made(site, browse):
    before = Party.objects.count()

    answer = browse(site.operator.user_id).post(
        "/admin/projects/party/add/",
        {"project_id": 2**40, "organisation_id": 1, "role": "owner"},
    )

    assert answer.status_code == 404
    assert "project" in answer.content.decode()
    assert Party.objects.count() == before


def test_an_action_moves_what_can_move_and_says_why_the_rest_does_not(site, browse):
    client, path = browse(site.operator.user_id), "/admin/settlements/wageaccount/"
    account = WageAccount.objects.get(project=site.project)
    chosen = {"action": "freeze", "_selected_action": [account.pk]}

    client.post(path, chosen)
    again = client.post(path, chosen, follow=True)

    account.refresh_from_db()
    assert account.state == "frozen"
    assert 'class="error"' in again.content.decode()


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
    assert message.leased_until is None, "whoever died over it no longer holds it"
