"""Logs: one JSON object a line on standard error, or a readable line on a terminal. The only user of
structlog.

It must not know what is logged. Used from the I/O ring up: lower layers return what happened instead. The one
idea: a line is an event name and named values with their units, never a sentence to be taken apart again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal, Protocol, TextIO

import structlog

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "pretty"]

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class Log(Protocol):
    """What `get` gives: a name for what happened, and values by name."""

    def debug(self, event: str, **values: Any) -> Any:
        """For whoever looks for a fault: every step."""

    def info(self, event: str, **values: Any) -> Any:
        """What an operator wants to read a day later."""

    def warning(self, event: str, **values: Any) -> Any:
        """Something is not as it should be, and the engine goes on."""

    def error(self, event: str, **values: Any) -> Any:
        """Somebody should look now."""


class _Stream:
    """Standard error, whose reader may be gone: a line that can't be written is lost, never an exception in
    the middle of a step."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost = 0

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            self.lost += 1

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def configure(level: Level = "info", form: Format = "auto", stream: TextIO | None = None) -> None:
    """Say from which level on, and how lines look; may be called again. `auto`: readable on a terminal, else
    JSON. What libraries log by the standard library goes the same way."""
    stream = stream or sys.stderr
    pretty = form == "pretty" or (form == "auto" and stream.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    if pretty:
        last: list[Any] = [structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="at")]
    else:
        last = [structlog.processors.format_exc_info, _ordered, structlog.processors.JSONRenderer(_dumps)]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(_Stream(stream)),  # type: ignore[arg-type]  # only write and flush
        # Not cached, so that a reload changes the level of loggers that exist.
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Bridge()]
    root.setLevel(max(_LEVELS[level], logging.INFO))


def get(name: str) -> Log:
    """A logger whose lines carry `part`: the name of the part of the engine."""
    return structlog.get_logger(part=name)  # type: ignore[no-any-return]  # structlog's own types say Any


class Sampler:
    """Lets at most `most_per_s` through in a second and counts the rest."""

    __slots__ = ("_left", "_second", "left_out", "most_per_s")

    def __init__(self, most_per_s: int) -> None:
        self.most_per_s = most_per_s
        self.left_out = 0
        """Not let through since the start."""
        self._second = -1
        self._left = 0

    def admit(self, now_s: int) -> bool:
        """May one more pass in this second?"""
        if now_s != self._second:
            self._second = now_s
            self._left = self.most_per_s
        if self._left > 0:
            self._left -= 1
            return True
        self.left_out += 1
        return False


class _Bridge(logging.Handler):
    """Hands over what libraries log (asyncio's own complaints above all)."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(part=record.name)
        method = "error" if record.levelno >= logging.ERROR else record.levelname.lower()
        getattr(log, method, log.info)("library", said=record.getMessage(), exc_info=record.exc_info)


def _ordered(_logger: Any, _method: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Time, level and event first: eyes read JSON too."""
    first = {key: values.pop(key) for key in ("at", "level", "part", "event") if key in values}
    return {**first, **values}


def _dumps(values: Any, **_: Any) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=repr)
