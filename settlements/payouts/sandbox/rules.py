"""How an account behaves, by the last four digits of its number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`reject`: code of a no at once. `delay_days`: paid on a later business day. `silent`: pays, then
    gives no answer. `drop`: cuts the first call before doing anything. `broken`: pays, answers 500.
    `return_days`/`return_code`: the money comes back that many business days after it went out."""

    reject: str = ""
    delay_days: int = 0
    silent: bool = False
    drop: bool = False
    broken: bool = False
    return_days: int = 0
    return_code: str = ""


BY_SUFFIX: dict[str, Behaviour] = {
    "0101": Behaviour(reject="account_closed"),
    "0102": Behaviour(reject="invalid_account_number"),
    "0103": Behaviour(reject="name_mismatch"),
    "0104": Behaviour(reject="account_frozen"),
    "0105": Behaviour(reject="could_not_process"),
    "0106": Behaviour(reject="E-4711"),  # a code that nobody has seen before
    "0201": Behaviour(delay_days=1),
    "0301": Behaviour(silent=True),
    "0302": Behaviour(drop=True),
    "0303": Behaviour(broken=True),
    "0401": Behaviour(return_days=2, return_code="account_closed"),
    "0402": Behaviour(return_days=2, return_code="bank_ownership_changed"),
}


def behaviour_of(account: str) -> Behaviour:
    """What happens to a payment to this account; most are simply paid."""
    return BY_SUFFIX.get(account[-4:], Behaviour())
