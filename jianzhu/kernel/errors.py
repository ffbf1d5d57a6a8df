"""How the product says no.

A refusal is a class with a stable `code`, an HTTP `status` and a sentence with the facts; the edge
renders it as `application/problem+json`. A bug is never a refusal: it is an assertion or an
exception that propagates.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Base of every anticipated no. Subclasses set `code`, `status` and `sentence`.

    `sentence` is a lazily translated %-format over the keyword facts given to the constructor.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[Any] = _("The request was refused.")

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts = facts

    def __str__(self) -> str:
        return str(self.sentence) % self.facts


class NotFound(Refusal):
    """Nothing of that id that this person may see: foreign and absent answer alike."""

    code = "not_found"
    status = 404
    sentence = _("There is no such %(noun)s, or it is not yours to see.")


class Forbidden(Refusal):
    """The role may not do this to anything."""

    code = "forbidden"
    status = 403
    sentence = _("Your role may not do this: %(verb)s %(noun)s.")


class WrongState(Refusal):
    """The row is not in a state from which the move leads on."""

    code = "wrong_state"
    status = 409
    sentence = _("%(noun)s %(id)s is %(state)s; %(verb)s is only possible from %(allowed)s.")


class Invalid(Refusal):
    """A value that can't be taken, with the place where it stands."""

    code = "invalid"
    status = 400
    sentence = _("%(field)s: %(problem)s")


class SameHand(Refusal):
    """Maker and checker are one person; money, payee and terms need two."""

    code = "same_hand"
    status = 403
    sentence = _("You made this %(noun)s yourself; a second person has to check it.")


class Differs(Refusal):
    """The same key is there with other content: what was said is never overwritten."""

    code = "differs"
    status = 422
    sentence = _("%(column)s is already %(old)s, not %(new)s")


class Contradiction(Refusal):
    """A constraint of the database says no; `rule` is its name in words."""

    code = "contradiction"
    status = 409
    sentence = _("This contradicts what is there already (%(rule)s); nothing was changed.")
