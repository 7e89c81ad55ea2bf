"""Events on their way to the program, in order: to a callback at once, or kept for an iterator, at most so
many.

It knows nothing of what an event means. A program that does not take its events in time must not make the
client grow without end, nor lose one of them unnoticed: `put` says that there is no room, and the client
then gives up the connection; the next one begins with the engine's whole present state."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

from router.wire.catalogue import Message

OnEvent: TypeAlias = Callable[[Message], None]


class Inbox:
    """Where events go."""

    def __init__(self, on_event: OnEvent | None, events_max: int) -> None:
        self._on_event = on_event
        self._events_max = events_max
        self._kept: deque[Message] = deque()
        self._arrived = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, event: Message) -> bool:
        """Hands over one event; False where there is no room for it. A callback's mistake is the program's:
        it is told to the loop's exception handler, and the next event comes all the same."""
        if self._on_event is None:
            if len(self._kept) >= self._events_max:
                return False
            self._kept.append(event)
            self._arrived.set()
            return True
        try:
            self._on_event(event)
        except Exception as error:  # noqa: BLE001 - whatever the program's callback raises is reported
            told: dict[str, Any] = {"message": f"on_event failed on {type(event).__name__}", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)
        return True

    async def next(self) -> Message | None:
        """The next event; None once the client is closed and all are taken. May be cancelled without loss."""
        while not self._kept:
            if self._closed:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        return self._kept.popleft()

    async def take(self) -> AsyncIterator[Message]:
        """The events in order, until the client is closed and all are taken."""
        while (event := await self.next()) is not None:
            yield event

    def close(self) -> None:
        """Nothing more comes."""
        self._closed = True
        self._arrived.set()
