"""What people and clocks do to a case."""

from settlements.disputes.commands.deciding import assign, decide
from settlements.disputes.commands.filing import file, file_for_crew, withdraw
from settlements.disputes.commands.reviewing import review

__all__ = ["assign", "decide", "file", "file_for_crew", "review", "withdraw"]
