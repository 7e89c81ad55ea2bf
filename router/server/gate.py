"""Who may come in, and when: the newcomers, the rate at which hellos are answered, and the keys.

It knows connections as things that wait. The one idea: waiting without a word and waiting for an answer are
two queues. Silent newcomers push one another out, oldest first; whoever has said hello is answered at a
bounded rate, in order, and is not pushed out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from secrets import token_bytes, token_hex
from typing import TYPE_CHECKING, Final

from router.server.limits import ServerLimits, Trust
from router.terms import Role
from router.wire.messages import Hello

if TYPE_CHECKING:
    from router.server.connection import Connection

DECOY_BYTES: Final = 32
"""As long as a good key."""


class Gate:
    """Newcomers, until they are let in."""

    __slots__ = ("_decoy", "_free_guests", "_guests", "_tokens", "_waiting", "keys", "limits", "newcomers", "roles")

    def __init__(self, limits: ServerLimits, keys: Mapping[str, bytes]) -> None:
        self.limits = limits
        self.keys = keys
        """Peer key -> shared key. Exchanged whole on reload."""
        self.roles: Mapping[str, Role] = {}
        """Peer key -> the role that its key is for. Exchanged whole on reload."""
        self.newcomers: dict[Connection, None] = {}
        """Those that are neither let in nor waiting for an answer to hello, oldest first."""
        self._waiting: deque[Connection] = deque()
        self._tokens = float(limits.hello_burst)
        self._decoy = token_bytes(DECOY_BYTES)
        self._guests = 0
        self._free_guests: list[int] = []

    def arrived(self, connection: Connection, connections: int) -> Connection | None:
        """Somebody has connected, and so many are there now. Returns whom to close for it: above a cap the
        one that has been silent longest, so that a flood of silent connections never shuts out somebody who
        speaks at once."""
        self.newcomers[connection] = None
        if connections > self.limits.connections_max or len(self.newcomers) > self.limits.newcomers_max:
            return next(iter(self.newcomers))
        return None

    def admit(self, connection: Connection) -> bool:
        """May this hello be answered now? If not, `connection.admitted` is called when it may."""
        if connection.door.trust == "owner":
            return True
        if self._tokens >= 1 and not self._waiting:
            self._tokens -= 1
            return True
        self.newcomers.pop(connection, None)
        self._waiting.append(connection)
        return False

    def left(self, connection: Connection) -> None:
        """It is let in, or gone."""
        self.newcomers.pop(connection, None)

    def advance(self, by_s: float) -> None:
        """Time has passed: answer those who wait."""
        limits = self.limits
        self._tokens = min(float(limits.hello_burst), self._tokens + limits.hellos_per_s * by_s)
        while self._waiting and self._tokens >= 1:
            connection = self._waiting.popleft()
            if not connection.closing:
                self._tokens -= 1
                # Who is asked for a proof now is a newcomer again until it comes.
                self.newcomers[connection] = None
                connection.admitted()

    def guest(self) -> Hello:
        """The hello of a person who may not say one. `~` stands in no name that a client can have. Names are given
        again once they are free, since the core remembers every name."""
        if self._free_guests:
            number = heappop(self._free_guests)
        else:
            self._guests += 1
            number = self._guests
        return Hello(name=f"~{number}", role="supervisor", instance=token_hex(8))

    def guest_left(self, guest: Hello) -> None:
        """The connection that had this guest's name is gone."""
        heappush(self._free_guests, int(guest.name[1:]))

    def keyring(self, trust: Trust) -> Callable[[str], bytes | None]:
        """How a door finds the key that a client must prove. Where every client must, a name without a key
        gets one that nobody has, so that names can't be tried out."""
        if trust == "owner":
            return _no_key
        return self._key_if_any if trust == "keys_if_any" else self._key_or_decoy

    def _key_if_any(self, peer: str) -> bytes | None:
        return self.keys.get(peer)

    def _key_or_decoy(self, peer: str) -> bytes | None:
        return self.keys.get(peer, self._decoy)


def _no_key(_peer: str) -> bytes | None:
    return None
