"""The ways attendance says no."""

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class BadIntervals(Refusal):
    """Intervals that can't be one day's work."""

    code = "bad_intervals"
    status = 422
    sentence = _("The times of %(on)s are not possible: %(problem)s.")


class AlreadyAsked(Refusal):
    code = "correction_open"
    sentence = _("A correction of %(on)s already waits for an answer.")


class NoWitness(Refusal):
    code = "no_witness"
    status = 422
    sentence = _("A witness of %(on)s is another worker who had terms on the project that day.")


class FutureDay(Refusal):
    code = "future_day"
    status = 422
    sentence = _("%(on)s is not over yet.")


class OtherKey(Refusal):
    """An installation registers once, with one key."""

    code = "other_key"
    sentence = _("This phone is registered with another key; a new installation needs a new name.")


class BadKey(Refusal):
    code = "bad_key"
    status = 422
    sentence = _("The public key must be a P-256 key as SubjectPublicKeyInfo in base64.")


class BadFence(Refusal):
    code = "bad_fence"
    status = 422
    sentence = _("A fence is a circle around one corner, or a polygon of at least three.")


class NotInCrew(Refusal):
    """A roll call names the crew's own people."""

    code = "not_in_crew"
    status = 422
    sentence = _("Worker %(worker)s is not in the crew on %(on)s, or has no terms on the project.")


class AlreadyCalled(Refusal):
    code = "roll_call_there"
    sentence = _("The crew's roll call of %(on)s on this site is there already.")


class WrongCallCode(Refusal):
    """One answer for a wrong, old or used code."""

    code = "wrong_call_code"
    status = 422
    sentence = _("The code is not right, or it is older than five minutes. Send a fresh one.")


class QuoteRefusal(Refusal):
    """Base: nothing is paired from a document that contradicts itself."""

    code = "quote_refused"
    status = 422
    sentence = _("%(field)s: these punches can't be read.")


class MalformedQuote(QuoteRefusal):
    """A document that doesn't fit its schema."""

    code = "malformed_quote"
    status = 400
    sentence = _("%(field)s: %(problem)s")


class UnknownZone(QuoteRefusal):
    code = "unknown_zone"
    sentence = _("%(field)s: %(zone)s is no zone of the IANA time zone database.")


class NoSuchTime(QuoteRefusal):
    """The clocks were put forward over it."""

    code = "no_such_time"
    sentence = _("%(field)s: the clocks of %(zone)s never showed %(time)s; write the offset.")


class AmbiguousTime(QuoteRefusal):
    """The clocks were put back: it was shown twice."""

    code = "ambiguous_time"
    sentence = _("%(field)s: the clocks of %(zone)s showed %(time)s twice; write the offset.")


class RepeatedPunch(QuoteRefusal):
    """One id, two passages."""

    code = "punch_repeated"
    sentence = _("%(field)s: punch %(id)s was given before with other values.")


class TwoPeople(QuoteRefusal):
    code = "two_people"
    sentence = _("%(field)s: a quote is of one person, not of %(first)s and %(second)s.")


class BackwardSegment(QuoteRefusal):
    code = "backward_segment"
    sentence = _("%(field)s: it ends before it begins.")


class OverlappingSegments(QuoteRefusal):
    code = "overlapping_segments"
    sentence = _("%(field)s: it overlaps the segment before it.")


class OverlappingShifts(QuoteRefusal):
    code = "overlapping_shifts"
    sentence = _("%(field)s: the shift begins before the one before it has ended.")


class HalfShift(QuoteRefusal):
    code = "half_shift"
    sentence = _("%(field)s: a shift has both a start and an end.")


class SpanTooLong(QuoteRefusal):
    code = "span_too_long"
    sentence = _("%(field)s: the document reaches over %(days)s days; at most %(most)s are read.")


class TooLarge(Refusal):
    """A body over the limit, refused before it is read."""

    code = "too_large"
    status = 413
    sentence = _("The body is larger than %(most)s bytes. Send it in parts.")
