"""The ways planning says no, in the order they are checked."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from jianzhu.kernel.errors import Refusal

WINDOW_PAST = gettext_noop(
    "%(package)s has to be over by %(latest)s, which is before the plan begins."
)


class Circle(Refusal):
    """Packages would wait for each other for ever."""

    code = "package_circle"
    status = 422
    sentence = _("These packages would wait for each other in a circle: %(packages)s.")


class CannotBePlanned(Refusal):
    """What was asked can't be meant: `fault` is the solver's code, `said` its sentence."""

    code = "cannot_be_planned"
    status = 422
    sentence = _("There can be no plan like this: %(said)s")


class NoDuration(Refusal):
    """Neither days, nor a quantity with a pace that is known."""

    code = "no_duration"
    status = 422
    sentence = _(
        "Package %(package)s has neither days, nor a quantity with a norm or with enough accepted work "
        "to learn from: say how long it takes."
    )


class PlanBreaksRules(Refusal):
    """A person's move broke a hard rule; the plan can't go on like this."""

    code = "plan_breaks_rules"
    status = 409
    sentence = _("This plan breaks a rule: %(said)s Plan again around your moves, or move it back.")


class PlanIsOld(Refusal):
    """Another plan was published, or people's terms changed, after this one was made."""

    code = "plan_is_old"
    status = 409
    sentence = _("Plan %(plan)s was made before the latest news (%(news)s): plan again.")


class NotInPlan(Refusal):
    """The package is not in the plan, or the worker is not on the project."""

    code = "not_in_plan"
    status = 422
    sentence = _("%(noun)s %(id)s is not in this plan.")


def cannot(said: Any, code: str) -> CannotBePlanned:
    """A solver's fault as a refusal."""
    return CannotBePlanned(said=said, fault=code)
