"""Who acts: a person with their grants, a device, or the product itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in an organisation, on one project or (None) on all the organisation's."""

    role: str
    organisation_id: int
    project_id: int | None


@dataclass(frozen=True, slots=True)
class Actor:
    """The hand behind a change. `worker_id` is set for a worker, `user_id` for any person."""

    kind: str  # "user" | "device" | "system"
    user_id: int | None = None
    worker_id: int | None = None
    device_id: int | None = None
    grants: tuple[Grant, ...] = ()

    def __str__(self) -> str:
        """As the audit log writes it: "user:12", "device:3", "system"."""
        ident = self.user_id if self.kind == "user" else self.device_id
        return self.kind if ident is None else f"{self.kind}:{ident}"

    @property
    def roles(self) -> frozenset[str]:
        """Every role held; a worker is one by having a worker record."""
        own = {"worker"} if self.worker_id is not None else set()
        return frozenset(own | {grant.role for grant in self.grants})

    @property
    def is_system(self) -> bool:
        """The product acting by its own rules (a clock ran out, a match was found)."""
        return self.kind == "system"


SYSTEM = Actor(kind="system")


def device(device_id: int) -> Actor:
    """A registered terminal."""
    return Actor(kind="device", device_id=device_id)
