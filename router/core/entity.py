"""What has a life of its own in a world and is stored or has a deadline, but is not what every call runs through."""

from __future__ import annotations

from msgspec import Struct

EVERYTHING = 2**62
"""Above every number."""


class Entity(Struct, eq=False, gc=False):
    """Equal only to itself. Printed by its name: the fields of one lead to all the others."""

    def __repr__(self) -> str:
        name = getattr(self, "id", None) or getattr(self, "key", None) or getattr(self, "name", None)
        return f"<{type(self).__name__} {name or getattr(self, 'address', '')}>"
