"""What the application may do with a table follows from its guards."""

from jianzhu.kernel import roles
from projects.models import DeviceBody, Inspection, Photo, Signature


def test_a_body_that_is_never_truncated_is_still_marked_as_read():
    assert "UPDATE" in roles.rights(DeviceBody)


def test_what_is_append_only_is_only_added_to():
    assert {roles.rights(m) for m in (Inspection, Photo, Signature)} == {("SELECT", "INSERT")}
