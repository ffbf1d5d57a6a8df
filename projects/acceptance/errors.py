"""The ways acceptance says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class SheetDiffers(Refusal):
    """The number was drafted before with other content."""

    code = "task_sheet_differs"
    status = 422
    sentence = _("Task sheet %(number)s already exists with other content.")


class TooMuch(Refusal):
    """More accepted than was measured, or not less where only a part is accepted."""

    code = "accepted_quantity"
    status = 422
    sentence = _("The accepted quantity has to be from 0 up to the measured %(measured)s.")


class TooLittle(Refusal):
    """Less than was accepted, and perhaps paid, before: measure the whole, not the cured rest."""

    code = "accepted_before"
    status = 422
    sentence = _("%(accepted)s was accepted before; write the whole quantity, not the rest alone.")


class ContentChanged(Refusal):
    """Somebody changed the sheet since it was read: nobody signs what they have not seen."""

    code = "content_changed"
    status = 409
    sentence = _("The sheet changed since you read it; read it again, then sign.")


class SheetIsFinal(Refusal):
    """Accepted as a whole: nothing is added any more."""

    code = "task_sheet_final"
    status = 409
    sentence = _("Task sheet %(number)s is accepted; nothing is added to it any more.")


class PhotoRefused(Refusal):
    """Not a picture of a kind that we keep."""

    code = "photo_type"
    status = 415
    sentence = _("Send a picture as JPEG, PNG or WebP; this is none.")


class PhotoTooLarge(Refusal):
    """Larger than a picture may be, or of unknown size."""

    code = "photo_too_large"
    status = 413
    sentence = _("A picture may have up to %(most)s MB, and its size has to be told first.")


class NoRoom(Refusal):
    """The disk for pictures is full; nothing of this one was kept."""

    code = "no_room"
    status = 507
    sentence = _("There is no room for this picture now. Keep it, and send it again in a while.")


class TooManyPhotos(Refusal):
    """The sheet has as many pictures as it may have."""

    code = "photos_too_many"
    status = 422
    sentence = _("A task sheet has up to %(most)s pictures.")


class PhotoLost(Refusal):
    """The kept bytes are gone or not the ones that were kept."""

    code = "photo_damaged"
    status = 500
    sentence = _("The kept file is not the one with digest %(digest)s any more.")
