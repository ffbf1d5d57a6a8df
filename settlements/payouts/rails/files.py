"""A rail of files: instructions go into the account's open file, outcomes come from results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jianzhu.kernel import clock
from settlements.payouts.rails.protocol import Instruction, NoStatement, Outcome, StatementPage


class FileRail:
    """A rail (see `protocol.Rail`) whose door is a person with a file; `profile` names its columns."""

    def __init__(self, profile: str) -> None:
        self.profile = profile

    def send_many(self, instructions: Sequence[Instruction]) -> dict[str, Outcome]:
        """Into the open file; nobody has paid anything yet."""
        from settlements.payouts import batches  # a command room above; only this rail has rows

        batches.collect(instructions=instructions, profile=self.profile, at=clock.now())
        return batches.outcomes([i.key for i in instructions])

    def read_many(self, keys: Iterable[str]) -> dict[str, Outcome]:
        """What results and files say; never changes anything."""
        from settlements.payouts import batches

        return batches.outcomes(keys)

    def statement(self, wage_account: str, cursor: str) -> StatementPage:
        """Somebody brings it as a camt file."""
        raise NoStatement(self.profile)
