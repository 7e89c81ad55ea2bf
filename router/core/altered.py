"""Settings with some fields changed, for who may not know the library that they are made with."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

SettingsT = TypeVar("SettingsT", bound=Struct)


def altered(settings: SettingsT, **fields: Any) -> SettingsT:
    """A copy with these fields. Raises `TypeError` for a field that is none."""
    return replace(settings, **fields)
