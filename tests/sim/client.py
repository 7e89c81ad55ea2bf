"""A simulated client's half of the conversation: numbers, what is unanswered, and what happens over a new connection.

It does what `router/client` does, over the site's wire: first the unanswered tail goes again under its old numbers,
then a gateway lists what is alive, then what the engine would not take before the list was whole goes under new
numbers.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from msgspec import structs

from router.core import commands as ask
from router.core import internal as told
from router.core.effects import Already, Busy, Error, Message, Reply, Synced
from router.terms import SECOND_US, Role
from tests.sim.site import Site

TAIL = 12
"""Answered commands that may be sent once more: a client that lost its own note of the answer."""


class Client:
    """A client by name; `connection` counts its connections, so that what belonged to an old one is dropped."""

    role: Role = "desk"

    def __init__(self, site: Site, key: str) -> None:
        self.site = site
        self.key = key
        self.name = key.partition("/")[2]
        self.connection = 0
        self.up = False
        self.flowing = False
        """What it wants to say is said at once; else it waits for the list to be whole."""
        self._instance = 1
        self._seq = 0
        self._sent: dict[int, ask.Request] = {}
        self._answered: deque[ask.Request] = deque(maxlen=TAIL)
        self._waiting: list[ask.Request] = []
        self._held_back: list[ask.Request] = []
        site.clients[key] = self

    # -- saying ---------------------------------------------------------------------------------------------------

    def say(self, request: ask.Request) -> None:
        """Say something, now or when the connection allows."""
        if self.flowing:
            self._transmit(request)
        else:
            self._waiting.append(request)

    def say_again(self, request: ask.Request) -> None:
        """The same once more, as a new command."""
        self.say(structs.replace(request, seq=1))

    def _transmit(self, request: ask.Request) -> None:
        self._seq += 1
        numbered = structs.replace(request, seq=self._seq)
        self._sent[self._seq] = numbered
        self.site.send(self, numbered)

    # -- the connection -------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Open a connection; a second one takes the place of the first."""
        site = self.site
        self.connection += 1
        self.up = True
        self.flowing = False
        # A list belongs to the connection that it was made for: it is never sent again, but made anew.
        self._sent = {
            seq: request for seq, request in self._sent.items() if not isinstance(request, ask.Sync | ask.SyncEnd)
        }
        site.connect(self, self.hello())
        if self._sent:
            site.faults["tail replayed"] += 1
        if self._answered and site.happens(site.plan.chances.replay_again):
            site.faults["tail replayed twice"] += 1
            for request in self._answered:
                site.send(self, request)
        for request in list(self._sent.values()):
            site.send(self, request)
        self.introduce()

    def hello(self) -> told.GatewayUp:
        """What it says of itself."""
        return told.GatewayUp(f"{self.name}-{self._instance}", self.role)

    def introduce(self) -> None:
        """What comes before everything else."""
        self.flow()

    def flow(self) -> None:
        """From here on, say what was waiting."""
        self.flowing = True
        waiting = self._held_back + self._waiting
        self._held_back, self._waiting = [], []
        for request in waiting:
            self._transmit(request)

    def cut(self) -> None:
        """The connection is gone; come back after a while."""
        self.connection += 1
        self.up = self.flowing = False
        self.site.after(self.site.some(SECOND_US), self._come_back)

    def _come_back(self) -> None:
        if not self.up:
            self.connect()

    def new_instance(self) -> None:
        """The program was started anew: numbers begin again, nothing is remembered."""
        self._instance += 1
        self._seq = 0
        self._sent.clear()
        self._answered.clear()
        self._waiting.clear()
        self._held_back.clear()

    # -- hearing --------------------------------------------------------------------------------------------------

    def take(self, message: Message) -> None:
        """An effect has arrived."""
        if not isinstance(message, Reply):
            self.event(message)
            return
        request = self._sent.pop(message.re, None)
        if request is None:
            return
        if isinstance(message, Error) and message.code == "not_synced":
            if self.flowing:
                self._transmit(request)
            else:
                self._held_back.append(request)
            return
        if not isinstance(request, ask.Sync | ask.SyncEnd):
            self._answered.append(request)
        if isinstance(message, Busy):
            self.site.faults["busy"] += 1
        elif isinstance(message, Synced):
            self.synced()
            self.flow()
        elif not isinstance(message, Already):
            self.answered(request, message)

    def answered(self, request: Any, reply: Reply) -> None:
        """The outcome of something that it said."""

    def event(self, message: Message) -> None:
        """Something that it was told."""

    def synced(self) -> None:
        """The engine has said all that it has of this client."""
