"""Where somebody lives, no nearer than a fare needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# Parts of a degree: about a kilometre, so that no house is named.
PARTS = 100


@dataclass(frozen=True, slots=True)
class Home:
    """A place to the hundredth of a degree (WGS 84), about a kilometre."""

    latitude: int
    longitude: int

    @classmethod
    def near(cls, latitude: Decimal, longitude: Decimal) -> Home:
        """The rough place of degrees; what is finer is dropped here and kept nowhere."""
        return cls(round(latitude * PARTS), round(longitude * PARTS))

    def text(self) -> str:
        """As it is sealed."""
        return f"{self.latitude},{self.longitude}"

    @classmethod
    def read(cls, text: str) -> Home:
        """What `text` wrote."""
        latitude, longitude = text.split(",")
        return cls(int(latitude), int(longitude))
