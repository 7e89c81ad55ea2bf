"""A connection that the event loop listens to: a command out, its reply lines in, no thread and no task between.

Measured against a thread and redis-py's asyncio client: half the CPU a commit, and a busy loop does not starve it.
It must not know what a command means. The one idea: one command at a time, and its outcome is told exactly once, as
the reply or as the error that ended the connection.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Final

from router.store.base import StoreError
from router.store.redis.errors import error_of
from router.store.redis.wire import Wire, answer_most_s

READ_BYTES: Final = 65_536

AGAIN: Final = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""A socket that would have to wait. TLS may want to read in order to write; the reader wakes both."""

Answered = Callable[[bytes | StoreError], None]


class Line:
    """Use it on the loop's thread only. After an error it is over; `lost` says so."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wire: Wire) -> None:
        self._loop = loop
        self.wire = wire
        self._socket = wire.socket
        self._socket.setblocking(False)
        self._file = self._socket.fileno()
        self.lost = False
        self._answered: Answered | None = None
        self._lines = 0
        self._answer = b""
        self._rest = memoryview(b"")
        self._writing = False
        """The socket was full: the loop says when it has room."""
        self._timer: asyncio.TimerHandle | None = None
        loop.add_reader(self._file, self._read)

    def ask(self, data: bytes, lines: int, answered: Answered) -> None:
        """Send a command; `answered` hears so many reply lines, or why there are none, and never at once."""
        assert self._answered is None, "one command at a time"
        self._answered = answered
        self._lines = lines
        self._timer = self._loop.call_later(answer_most_s(len(data)), self._late)
        self._rest = memoryview(data)
        self._write()

    def close(self) -> None:
        """End it. What is unanswered is waited for, as long as an answer may take, and told."""
        if self._answered is not None and not self.lost:
            self._leave()
            try:
                outcome: bytes | StoreError = self.wire.exchange(self._rest, self._lines, self._answer)
            except StoreError as error:
                outcome = error
            self._tell(outcome)
        self._leave()
        self.wire.close()

    def _leave(self) -> None:
        """The loop listens no more."""
        if not self.lost:
            self.lost = True
            self._loop.remove_reader(self._file)
            self._loop.remove_writer(self._file)

    def _write(self) -> None:
        try:
            sent = self._socket.send(self._rest)
        except AGAIN:
            sent = 0
        except OSError as error:
            # The caller is still in `ask`.
            self._loop.call_soon(self._lose, f"CUT {error}")
            return
        self._rest = self._rest[sent:]
        if self._rest and not self._writing:
            self._loop.add_writer(self._file, self._write)
        elif self._writing and not self._rest:
            self._loop.remove_writer(self._file)
        self._writing = bool(self._rest)

    def _read(self) -> None:
        try:
            while True:
                piece = self._socket.recv(READ_BYTES)
                if not piece:
                    self._lose("CUT by the other side")
                    return
                self._answer += piece
                if self._answer.endswith(b"\r\n") and self._answer.count(b"\r\n") >= max(1, self._lines):
                    break
        except AGAIN:
            return
        except OSError as error:
            self._lose(f"CUT {error}")
            return
        if self._answered is None:
            self._lose("CUT by ourselves: it spoke unasked")
            return
        answer, self._answer = self._answer[:-2], b""
        self._tell(answer)

    def _late(self) -> None:
        self._lose("LATE")

    def _lose(self, line: str) -> None:
        if self.lost:
            return
        self._leave()
        self.wire.close()
        if self._answered is not None:
            self._tell(error_of(line, self.wire.where))

    def _tell(self, outcome: bytes | StoreError) -> None:
        answered, self._answered = self._answered, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        assert answered is not None, "somebody asked"
        answered(outcome)
