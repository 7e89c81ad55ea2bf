"""The loop's own connection, against a socket whose other end the test holds. Nothing here waits for time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from router.store.base import StoreAway, StoreError
from router.store.redis.line import Line
from router.store.redis.wire import Wire


class Connection:
    """What `Wire` uses of redis-py's."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def _get_socket(self) -> socket.socket:
        return self._sock

    def disconnect(self) -> None:
        self._sock.close()


def play(scenario: Callable[[Line, socket.socket, list[Any]], Awaitable[None]]) -> list[Any]:
    """Run a scenario with a line, the other end, and the list of outcomes told. Returns the list."""
    told: list[Any] = []

    async def main() -> None:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        line = Line(asyncio.get_running_loop(), Wire(Connection(ours), "here"))
        try:
            await scenario(line, theirs, told)
        finally:
            line.close()
            theirs.close()

    asyncio.run(main())
    return told


async def turns(condition: Callable[[], bool]) -> None:
    """Let the loop go on until it is so."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("the loop came to rest before")


def test_an_answer_in_pieces() -> None:
    """Bytes that come one by one are one answer, told once."""

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        line.ask(b"PING\r\n", 1, told.append)
        assert told == []
        for byte in b"+KEPT\r\n":
            theirs.send(bytes((byte,)))
            await asyncio.sleep(0)
        await turns(lambda: bool(told))
        assert theirs.recv(100) == b"PING\r\n"

    assert play(scenario) == [b"+KEPT"]


def test_two_lines_are_waited_for() -> None:
    """With a WAIT behind it an answer has two lines."""

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        line.ask(b"x", 2, told.append)
        theirs.send(b"+KEPT\r\n")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert told == []
        theirs.send(b":1\r\n")
        await turns(lambda: bool(told))

    assert play(scenario) == [b"+KEPT\r\n:1"]


def test_more_than_a_socket_holds() -> None:
    """A command larger than the socket's buffer goes out as there is room, whole and in order."""
    data = bytes(range(256)) * 20_000

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        line.ask(data, 1, told.append)
        found = bytearray()
        while len(found) < len(data):
            await asyncio.sleep(0)
            try:
                found += theirs.recv(1 << 20)
            except BlockingIOError:
                continue
        assert found == data
        theirs.send(b"+KEPT\r\n")
        await turns(lambda: bool(told))
        line.ask(b"y", 1, told.append)
        theirs.send(b"+AGAIN\r\n")
        await turns(lambda: len(told) == 2)

    assert play(scenario) == [b"+KEPT", b"+AGAIN"]


def code(outcome: bytes | StoreError) -> str:
    assert isinstance(outcome, StoreAway)
    return outcome.code


def test_an_end_is_an_outcome() -> None:
    """The other side closes with a command under way: told once, and the line is lost."""

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        line.ask(b"x", 1, told.append)
        theirs.close()
        await turns(lambda: bool(told))
        assert line.lost

    (outcome,) = play(scenario)
    assert code(outcome) == "store_cut"


def test_an_end_in_idleness_is_seen() -> None:
    """A connection that ends while nobody asks is lost, so that the next command takes another one."""

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        theirs.close()
        await turns(lambda: line.lost)

    assert play(scenario) == []


def test_words_unasked_are_an_end() -> None:
    """A reply that nobody asked for could be taken for the next one's."""

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        theirs.send(b"+KEPT\r\n")
        await turns(lambda: line.lost)

    assert play(scenario) == []


def test_late_is_an_end() -> None:
    """Without an answer in its time a command's fate is open and the connection over: a late answer must not
    meet the next command."""

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        line.ask(b"x", 1, told.append)
        line._late()
        assert line.lost

    (outcome,) = play(scenario)
    assert code(outcome) == "store_late"


def test_closing_waits_for_the_answer() -> None:
    """What is under way when the line closes is finished and told."""

    async def scenario(line: Line, theirs: socket.socket, told: list[Any]) -> None:
        line.ask(b"x", 1, told.append)
        theirs.send(b"+KEPT\r\n")
        line.close()

    assert play(scenario) == [b"+KEPT"]
