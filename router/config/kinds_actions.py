"""Kinds of values that actions bring: a table of texts, to be filled into a message; and the address of a webhook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from msgspec import UNSET

from router.config.kinds import Kind, Name, Taken, Text, Wrong, said

_NAME = Name()
_TEXT = Text(200)


class Texts(Kind):
    """Names with texts; kept as pairs sorted by name."""

    words = 'table of name = "text"'

    def __init__(self, count_max: int) -> None:
        self.count_max = count_max

    def take(self, value: object) -> Taken:
        """Each value is a text."""
        if not isinstance(value, dict):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a table", 'write it as { until = "18:00" }'),))
        kept: dict[str, str] = {}
        wrongs: list[Wrong] = []
        for key, text in value.items():
            (name, wrong), (words, out) = _NAME.take(key), _TEXT.take(text)
            wrongs.extend(one._replace(path=(key,)) for one in (*wrong, *out))
            if name is not UNSET and words is not UNSET:
                kept[name] = words
        if len(value) > self.count_max:
            wrongs.append(Wrong(f"has {len(value)} names", f"use at most {self.count_max}"))
        return Taken(tuple(sorted(kept.items())), tuple(wrongs))

    def show(self, kept: tuple[tuple[str, str], ...]) -> dict[str, str]:
        """As a table."""
        return dict(kept)

    def bounds(self) -> str:
        """How many."""
        return f"at most {self.count_max} names"

    def schema(self) -> dict[str, Any]:
        """An object of texts."""
        return {
            "type": "object",
            "propertyNames": _NAME.schema(),
            "additionalProperties": _TEXT.schema(),
            "maxProperties": self.count_max,
        }


def url_wrong(text: str) -> Wrong | None:
    """What is wrong with the address of a webhook, if anything is."""
    remedy = 'write it as "https://host.example/path"'
    try:
        parts = urlsplit(text)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return Wrong("is no address of a webhook", remedy)
    if not named:
        return Wrong("is no address of a webhook", remedy)
    if parts.username or parts.password:
        return Wrong("holds a password", "leave it out: notices are signed with the webhook's key")
    return None
