"""Kinds of values that the paths of tickets bring: days, and a name that may be left out."""

from __future__ import annotations

from typing import Any

from router.config.kinds.fields import Name, Taken, Whole
from router.terms import SECOND_US

DAY_US = 86_400 * SECOND_US


class Days(Whole):
    """A duration in whole days; integer microseconds when kept."""

    words = "whole number of days"

    def _kept(self, value: float) -> int:
        return int(value) * DAY_US

    def show(self, kept: int) -> int:
        """In days again."""
        return kept // DAY_US


class NameOrNone(Name):
    """A name, or an empty text: none."""

    words = "name or none"

    def take(self, value: object) -> Taken:
        """Empty is none."""
        return Taken("") if value == "" else super().take(value)

    def schema(self) -> dict[str, Any]:
        """A name, or nothing."""
        named = super().schema()["pattern"]
        return {"type": "string", "pattern": f"^$|{named}"}
