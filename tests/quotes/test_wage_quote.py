"""A quote computes and forgets: by command, and over HTTP for whoever is signed in."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from jianzhu.access.authentication import new_token
from jianzhu.access.models import User
from jianzhu.kernel import clock
from settlements.statements.models import Statement
from tests.site import Site

QUOTES = sorted((Path(__file__).resolve().parents[2] / "examples" / "quotes").glob("*.json"))


@pytest.mark.parametrize("file", QUOTES, ids=lambda f: f.stem)
def test_each_example_is_answered_alike_by_command_and_over_http(file, db, capsys):
    site = Site.build(workers=1)
    token = new_token(User.objects.get(pk=site.li_wei.user_id), clock.now())

    call_command("wage_quote", str(file))
    by_http = Client().post(
        "/api/v1/wage-quotes",
        file.read_text(),
        "application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert by_http.status_code == 200, by_http.content
    assert json.loads(capsys.readouterr().out) == by_http.json()
    assert Statement.objects.count() == 0


@pytest.mark.parametrize("text", ["{", "{}", "[]"])
def test_a_quote_that_cannot_be_taken_exits_with_two_and_says_why(text, tmp_path, capsys):
    file = tmp_path / "quote.json"
    file.write_text(text)

    with pytest.raises(SystemExit) as end:
        call_command("wage_quote", str(file))

    assert end.value.code == 2
    assert "quote.json" in capsys.readouterr().err
