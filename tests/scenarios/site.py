"""An engine with its clients and its store, driven by the words of a story.

Time passes as in the daemon: what comes due fires at its own time. Every change is committed to a store in memory, so
that the engine can be stopped and started again. It compares nothing.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from router.core import audit
from router.core.commands import Request
from router.core.engine import Engine
from router.core.internal import Configure, GatewayDown, NoticeDone, Restarted, Secret, StoreHealth, WallClock
from router.core.stored import history
from router.terms import SECOND_US
from tests.scenarios import centre, look
from tests.scenarios.language import DONE, Said, Unclear, clock, command, effect
from tests.scenarios.names import Names

BEGIN_US = 1000 * SECOND_US
"""Core time at which every story begins: a site that has been up for a while."""
SLICES_MOST = 1000
"""Slices of work that a step may leave behind, before it is called endless."""


class Site:
    """See the module."""

    def __init__(self, head: list[str]) -> None:
        given = centre.read(head)
        self._head = head
        self._settings = given.settings
        self._peers = given.peers
        self._seqs: dict[str, int] = {}
        self._last: dict[str, Request] = {}
        self.names = Names()
        self._offers: dict[str, list[str]] = {}
        """Offers by contact, in the order in which they were first told."""
        self._stored: dict[tuple[str, str], bytes] = {}
        self.visits: list[history.Visit] = []
        self.deeds: list[audit.Deed] = []
        self._now_us = BEGIN_US
        self._stopped = False
        self.engine = Engine(given.settings, 1)
        self.engine.activate(BEGIN_US)
        self.engine.apply(BEGIN_US, "", Secret(b"a secret of the stories, long enough"[:32]))
        self._monitored = given.monitored
        if given.utc_s:
            self.engine.apply(BEGIN_US, "", WallClock(given.utc_s))
        for name, up in given.peers.items():
            self.engine.apply(BEGIN_US, f"main/{name}", up)
        for name, request in given.before:
            self._request(name, type(request)(self._number(name), *_but_seq(request)))
        refused = [effect for effect in self.take([]) if effect.head != ("ok",)]
        if refused:
            raise Unclear(f"before the story begins: {refused[0]}")
        self.engine.world.monitored = given.monitored

    # -- time ---------------------------------------------------------------------------------------------------------

    def pass_time(self, at_us: int) -> list[str]:
        """Let time pass up to just before `at_us` of the story. Returns what happened, in words."""
        until_us, told_early = BEGIN_US + at_us, []
        while not self._stopped:
            next_us = self.engine.next_deadline_us()
            if next_us is None or next_us >= until_us:
                break
            self._now_us = max(self._now_us, next_us)
            self.engine.tick(self._now_us)
            when = clock(self._now_us - BEGIN_US)
            told_early += [f"{when}  {said}" for said in self.take([])]
        self._now_us = max(self._now_us, until_us)
        return told_early

    def _work_off(self) -> None:
        """Do the work that a step left for later, as long as it is due now."""
        for _ in range(SLICES_MOST):
            next_us = self.engine.next_deadline_us()
            if next_us is None or next_us > self._now_us:
                return
            self.engine.tick(self._now_us)
        raise Unclear("the engine does not come to rest")

    # -- saying -------------------------------------------------------------------------------------------------------

    def say(self, who: str, words: list[str], text: str) -> None:
        """One line of the story."""
        words = [self.names.real(word) for word in words]
        if who == "clock":
            if words[:1] == ["shows"]:
                self.engine.apply(self._now_us, "", WallClock(centre.wall_clock(" ".join(words[1:]))))
            self.engine.tick(self._now_us)
        elif who == "engine":
            self._engine(words, text)
        elif who not in self._peers:
            raise Unclear(f"{who!r} is not in this centre: {', '.join(['clock', 'engine', *self._peers])}")
        elif words[:1] == ["again"]:
            self.engine.apply(self._now_us, f"main/{who}", self._last[who])
        elif words in (["lost"], ["bye"]):
            reason = "bye" if words == ["bye"] else "closed"
            self.engine.apply(self._now_us, f"main/{who}", GatewayDown(reason))
        elif words[:1] == ["connects"]:
            self._connect(who, anew=words[1:] == ["anew"])
        elif words == ["sync", "all"]:
            listed = look.all_alive(self.engine.world.peers[f"main/{who}"])
            self._request(who, type(listed)(self._number(who), *_but_seq(listed)))
        else:
            self._request(who, command(words, self._number(who), self._offer_id))
        if not self._stopped:
            self._work_off()

    def _engine(self, words: list[str], text: str) -> None:
        if words[:1] == ["reloads"]:
            self._head = centre.changed(self._head, text.partition("reloads")[2].strip())
            self._settings = replace(centre.read(self._head).settings, version=self._settings.version + 1)
            self.engine.stage(self._settings)
            self.engine.apply(self._now_us, "", Configure(self._settings.version))
        elif words[:1] == ["edited"] and self._stopped:
            self._head = centre.changed(self._head, text.partition("edited")[2].strip())
            self._settings = replace(centre.read(self._head).settings, version=self._settings.version + 1)
        elif words in (["store", "away"], ["store", "back"]):
            self.engine.apply(self._now_us, "", StoreHealth(words[1] == "away"))
        elif words[:1] == ["delivered"]:
            numbers = [each.number for each in self.engine.world.layers.notices.values() if each.webhook == words[1]]
            for number in numbers:
                self.engine.apply(self._now_us, "", NoticeDone(number))
        elif words == ["stops"]:
            self._stopped = True
        elif words == ["starts"] and self._stopped:
            self._stopped = False
            self.load(self.engine.world.epoch + 1)
            self.engine.apply(self._now_us, "", Restarted())
        else:
            raise Unclear(
                "the engine stops, starts, reloads a line of its centre, finds one edited, or has delivered notices"
            )

    def load(self, epoch: int) -> None:
        """Go on with an engine that knows nothing but the records."""
        self.engine = Engine(self._settings, epoch)
        for (kind, key), record in self._stored.items():
            self.engine.put(kind, key, record)
        self.engine.activate(self._now_us)
        self.engine.world.monitored = self._monitored

    def _connect(self, who: str, *, anew: bool) -> None:
        if anew:
            self._peers[who].instance += "'"
            self._seqs[who] = 0
        self.engine.apply(self._now_us, f"main/{who}", self._peers[who])

    def _number(self, who: str) -> int:
        self._seqs[who] = self._seqs.get(who, 0) + 1
        return self._seqs[who]

    def _request(self, who: str, request: Request) -> None:
        self._last[who] = request
        self.engine.apply(self._now_us, f"main/{who}", request)

    def _offer_id(self, word: str) -> str:
        contact, _, nth = word.partition("#")
        known = self._offers.get(self.names.real(contact))
        if known is None:
            return word
        if nth and int(nth) > len(known):
            raise Unclear(f"{contact} had only {len(known)} offers")
        return known[int(nth) - 1 if nth else -1]

    def _offer_name(self, offer_id: str) -> str:
        for contact, known in self._offers.items():
            if offer_id in known:
                return f"{contact}#{known.index(offer_id) + 1}"
        return offer_id

    # -- what came of it ----------------------------------------------------------------------------------------------

    def take(self, lines: list[str]) -> list[Said]:
        """Commit, and take the effects in words. A reply that means `done` is left out unless `lines` tell it."""
        batch = self.engine.take_batch()
        if batch is not None:
            for kind, key in batch.drops:
                self._stored.pop((kind, key), None)
            for kind, key, record in batch.puts:
                self._stored[kind, key] = record
            self.visits += [history.decode(entry) for stream, entry in batch.appends if stream == history.STREAM]
            self.deeds += [audit.decode(entry) for stream, entry in batch.appends if stream == audit.STREAM]
        came: list[Said] = []
        for peer, message in self.engine.take_effects():
            for entry in [message, *getattr(message, "offers", [])]:
                offer = getattr(entry, "offer", None)
                if isinstance(offer, str) and offer not in self._offers.setdefault(entry.contact, []):
                    self._offers[entry.contact].append(offer)
            self.names.learn(message)
            told = [self.names.said(said) for said in effect(peer, message, self._offer_name)]
            if not isinstance(message, DONE) or any(told[0].is_told_by(line) for line in lines):
                came += told
        return came


def _but_seq(request: Request) -> list[Any]:
    return [getattr(request, field) for field in request.__struct_fields__ if field != "seq"]
