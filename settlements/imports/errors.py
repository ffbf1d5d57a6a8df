"""What only the importer can see in a row."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class Unknown(Refusal):
    """The row names something that does not exist."""

    code = "unknown"
    status = 422
    sentence = _("there is no %(noun)s “%(name)s”")


class OnlyWith(Refusal):
    """A cell that means something only beside another one."""

    code = "only_with"
    status = 422
    sentence = _("“%(column)s” is only given together with %(other)s")


class BadPoints(Refusal):
    """Agreed points that can't be read."""

    code = "bad_points"
    status = 422
    sentence = _("“%(value)s” names no worker with whole points")
