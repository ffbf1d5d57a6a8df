"""What one was told, over the API."""

from __future__ import annotations

from jianzhu.notices.models import Notice
from jianzhu.web.notices.serializers import NoticeShown
from jianzhu.web.rows import RowsView, lists


@lists
class NoticesView(RowsView):
    """One's own notices, and those to one's role on a project."""

    noun, model, shown = "notice", Notice, NoticeShown
    verbs = {"GET": "read"}
    filters = {"project_id": "project_id", "code": "code"}
