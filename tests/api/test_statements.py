"""What a worker is owed, and everything it came from."""

import pytest

from tests.site import DAY


@pytest.fixture
def paid(site):
    """Li Wei worked a clean day, it was accepted, and the money went out."""
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return site


def test_a_statement_shows_its_lines_with_amounts_as_text(paid, call):
    caller = call(paid.actor(paid.li_wei))
    (listed,) = caller.get("statements").json()["items"]

    shown = caller.get(f"statements/{listed['id']}").json()

    (line,) = shown.pop("lines")
    assert shown == listed
    assert (shown["month"], shown["currency"]) == ("2026-10-01", "CNY")
    assert (line["amount"], line["rate"], line["stage"]) == ("400.00", "400.00", "paid")


def test_a_line_is_the_same_in_list_and_detail(paid, call):
    caller = call(paid.contractor)
    (listed,) = caller.get("statement-lines").json()["items"]

    shown = caller.get(f"statement-lines/{listed['id']}").json()

    assert shown == listed
    assert (shown["state"], shown["worker_id"]) == ("released", paid.li_wei.pk)


def test_a_trace_leads_from_the_punch_to_the_banks_reference(paid, call):
    (line,) = paid.lines(paid.li_wei)

    told = call(paid.actor(paid.li_wei)).get(f"statement-lines/{line.pk}/trace").json()

    assert [p["at"] for p in told["punches"]] == [
        f"{DAY}T08:00:00+08:00",
        f"{DAY}T16:00:00+08:00",
    ]
    assert [d["workdays"] for d in told["days"]] == ["1"]
    assert [s["state"] for s in told["sheets"]] == ["accepted"]
    assert [r["rate"] for r in told["rates"]] == ["400.00"]
    assert (told["payout"]["amount"], told["payout"]["state"]) == ("400.00", "paid")
    assert told["payout"]["reference"] != ""


def test_a_held_line_says_what_is_missing_and_from_whom(site, call):
    site.work(site.li_wei, DAY)
    site.run()

    (line,) = call(site.actor(site.li_wei)).get("statement-lines").json()["items"]

    assert (line["state"], line["stage"], line["payout_id"]) == ("held", "worked", None)
    assert line["reason"] != ""
    assert line["owed_by"] != ""


def test_a_colleague_sees_none_of_it(paid, call):
    (line,) = paid.lines(paid.li_wei)
    colleague = call(paid.actor(paid.zhang_qiang))

    assert line.pk not in [n["id"] for n in colleague.get("statement-lines").json()["items"]]
    assert colleague.get(f"statement-lines/{line.pk}").status_code == 404
    assert colleague.get(f"statement-lines/{line.pk}/trace").status_code == 404
