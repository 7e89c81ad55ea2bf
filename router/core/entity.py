"""What has a life of its own in a world and is stored or has a deadline, but is not what every call runs through: the
base of those classes. What every call runs through is in `entities.py`."""

from __future__ import annotations

from msgspec import Struct

EVERYTHING = 2**62
"""Above every number."""


def named(entity: object) -> str:
    """An entity in a message, by its name: its fields lead to all the others."""
    name = getattr(entity, "id", None) or getattr(entity, "key", None) or getattr(entity, "name", None)
    return f"<{type(entity).__name__} {name or getattr(entity, 'address', '')}>"


class Entity(Struct, eq=False, gc=False):
    """Equal only to itself."""

    def __repr__(self) -> str:
        return named(self)
