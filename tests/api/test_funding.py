"""The wage account and its deposits over the API."""

import pytest

from settlements.funding.models import Deposit
from tests.api.caller import refused
from tests.site import Site


def paid_in(site, **other):
    return {
        "project_id": site.project.pk,
        "payer_id": site.owner.grants[0].organisation_id,
        "reference": "BANK-77",
        "amount": "5000.00",
        **other,
    }


def account(site, call):
    (one,) = call(site.owner).get("wage-accounts").json()["items"]
    return one


def test_a_deposit_is_recorded_and_raises_what_is_free(site, call):
    made = call(site.owner).post("deposits", paid_in(site))

    assert made.status_code == 201
    assert (made.json()["amount"], made.json()["currency"]) == ("5000.00", "CNY")
    assert made.json() in call(site.owner).get("deposits").json()["items"]
    shown = call(site.owner).get(f"wage-accounts/{account(site, call)['id']}").json()
    assert (shown["paid_in"], shown["free"], shown["paid"]) == ("1005000.00", "1005000.00", "0.00")


def test_the_banks_reference_is_booked_once_and_never_otherwise(site, call):
    owner = call(site.owner)
    first = owner.post("deposits", paid_in(site))

    again = owner.post("deposits", paid_in(site))
    other = owner.post("deposits", paid_in(site, amount="5000.01"))

    assert again.json() == first.json()
    assert refused(other, 422, "deposit_differs")
    assert Deposit.objects.filter(reference="BANK-77").count() == 1


@pytest.mark.parametrize("amount", [5000, "-1.00", "0.00", "1e9", "1/3", "1.001", "NaN", "９.00"])
def test_an_amount_that_is_none_books_nothing(site, call, amount):
    answer = call(site.owner).post("deposits", paid_in(site, amount=amount))

    if amount == 5000:  # a whole JSON number is exact: it is taken as "5000"
        assert answer.status_code == 201
    else:
        assert refused(answer, 400, "invalid")
        assert not Deposit.objects.filter(reference="BANK-77").exists()


def test_who_pays_is_a_party_and_the_project_the_own(site, call):
    foreign = Site.build(code="T-2")
    stranger = foreign.owner.grants[0].organisation_id

    payer = call(site.owner).post("deposits", paid_in(site, payer_id=stranger))
    project = call(site.owner).post("deposits", paid_in(site, project_id=foreign.project.pk))

    assert refused(payer, 400, "invalid")
    assert refused(project, 404, "not_found")


def test_an_operator_freezes_once_and_unfreezes(site, call):
    path = f"wage-accounts/{account(site, call)['id']}"
    operator = call(site.operator)

    frozen = operator.post(f"{path}/freeze", {"reason": "a doubtful statement"})
    again = operator.post(f"{path}/freeze", {"reason": "a doubtful statement"})
    active = operator.post(f"{path}/unfreeze", {"reason": "cleared"})

    assert frozen.json()["state"] == "frozen"
    assert refused(again, 409, "wrong_state")
    assert active.json()["state"] == "active"


def test_the_owner_does_not_freeze(site, call):
    answer = call(site.owner).post(
        f"wage-accounts/{account(site, call)['id']}/freeze", {"reason": "so"}
    )

    assert refused(answer, 403, "forbidden")
