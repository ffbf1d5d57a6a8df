"""Payouts over the API."""

from settlements.funding.models import WageAccount
from tests.api.caller import refused
from tests.site import DAY


def earn(site):
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()


def test_the_worker_sees_the_payment_and_four_digits_of_the_account(site, call):
    earn(site)

    (shown,) = call(site.actor(site.li_wei)).get("payouts").json()["items"]

    assert (shown["amount"], shown["currency"], shown["state"]) == ("400.00", "CNY", "paid")
    assert len(shown["account_tail"]) == 4
    assert "9999T" not in str(shown)


def test_a_held_payout_is_tried_again_and_pays(site, call):
    path = f"wage-accounts/{WageAccount.objects.get().pk}/freeze"
    call(site.operator).post(path, {"reason": "so"})
    earn(site)
    (held,) = call(site.contractor).get("payouts").json()["items"]
    assert (held["state"], held["code"]) == ("held", "wage_account_frozen")

    again = call(site.contractor).post(f"payouts/{held['id']}/retry")

    assert (again.status_code, again.json()["state"]) == (201, "ready")


def test_a_paid_payout_is_never_tried_again(site, call):
    earn(site)
    caller = call(site.contractor)
    (paid,) = caller.get("payouts").json()["items"]

    answer = caller.post(f"payouts/{paid['id']}/retry")

    assert refused(answer, 409, "wrong_state")
    assert caller.get("payouts").json()["items"] == [paid]


def test_the_worker_does_not_retry(site, call):
    earn(site)
    caller = call(site.actor(site.zhang_qiang))

    assert refused(caller.post("payouts/1/retry"), 403, "forbidden")
