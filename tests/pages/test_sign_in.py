"""Workers by phone and one-time code, staff by password; guessing gets nobody in."""

from datetime import timedelta

import pytest
from django.test import Client

from jianzhu.access.models import OneTimeCode, Token
from jianzhu.kernel import clock
from jianzhu.web.accounts import commands, errors
from jianzhu.web.staff.commands import disable_user

PHONE = "100T-1000000"


@pytest.fixture
def phone(site):
    return PHONE


def ask(phone, at=None):
    return commands.request_code(phone=phone, purpose="sign_in", at=at or clock.now())


def enter(phone, code, at=None):
    return commands.sign_in_worker(phone=phone, code=code, purpose="sign_in", at=at or clock.now())


def test_the_right_code_signs_in_once(phone, site):
    code = ask(phone)

    assert enter(phone, code).worker_id == site.li_wei.pk
    with pytest.raises(errors.WrongCode):
        enter(phone, code)


def test_a_code_is_worth_nothing_after_five_minutes(phone):
    now = clock.now()
    code = ask(phone, now)

    with pytest.raises(errors.WrongCode):
        enter(phone, code, now + timedelta(minutes=5))


def test_the_sixth_guess_is_not_looked_at(phone):
    code = ask(phone)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(errors.WrongCode):
            enter(phone, wrong)

    with pytest.raises(errors.WrongCode):
        enter(phone, code)


def test_a_code_for_another_purpose_does_not_sign_in(phone):
    code = commands.request_code(phone=phone, purpose="change_payee", at=clock.now())

    with pytest.raises(errors.WrongCode):
        enter(phone, code)


def test_five_codes_an_hour_and_no_more(phone):
    for _ in range(5):
        ask(phone)

    with pytest.raises(errors.TooManyTries):
        ask(phone)


def test_an_unknown_number_is_answered_alike(site):
    known = Client().post("/api/v1/codes", {"phone": "10000000001"}, "application/json")
    unknown = Client().post("/api/v1/codes", {"phone": "10000000002"}, "application/json")

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


def test_codes_and_tokens_are_kept_as_hashes_only(phone, site, capsys):
    code = ask(phone)
    row = OneTimeCode.objects.get()

    assert code.encode() not in bytes(row.code_hash)
    assert Token.objects.count() == 0


def test_a_disabled_user_is_out_on_the_next_request(site):
    from jianzhu.access.actor import SYSTEM
    from jianzhu.access.authentication import new_token
    from jianzhu.access.models import User

    user = User.objects.get(pk=site.li_wei.user_id)
    headers = {"Authorization": f"Bearer {new_token(user, clock.now())}"}
    assert Client(headers=headers).get("/api/v1/openapi.json").status_code == 200

    disable_user(user_id=user.pk, actor=SYSTEM, at=clock.now())

    assert Client(headers=headers).get("/api/v1/openapi.json").status_code == 401
