"""A telephone system as the engine sees one: it owns callers and phones, and carries out what is decided.

It must not know when anybody calls. The one idea: what is alive is listed from the books at each connect, and what the
engine then says that it has (`state`) is made to happen here too, whatever was lost on the way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Final

from router.client import Client
from router.client.alive import Alive
from router.client.outcomes import Unknown
from router.wire.catalogue import (
    Accepted,
    AliveEndpoint,
    Announce,
    Message,
    Offer,
    OfferCancelled,
    OfferState,
    State,
    TalkOver,
    Treat,
)

if TYPE_CHECKING:
    from router.cli.play.caller import Caller
    from router.cli.play.clock import PlayClock
    from router.cli.play.ledger import Ledger
    from router.cli.play.person import Person

CALL_MOST_S: Final = 60.0
"""For an answer: a daemon that is killed and started again in between is back long before."""

RECONNECT_MOST_S: Final = 0.5
"""Between two tries: at a speed of 600 each second costs ten minutes of the centre."""


class PlayGateway:
    """One gateway's program."""

    def __init__(self, name: str, addresses: list[str], clock: PlayClock, ledger: Ledger) -> None:
        self.name = name
        self.addresses = addresses
        self.clock = clock
        self.ledger = ledger
        self.callers: dict[str, Caller] = {}
        """Those that are alive."""
        self.phones: dict[str, Person] = {}
        """Address -> who sits there now."""
        self.tasks: set[asyncio.Task[None]] = set()
        self._listed: set[str] = set()
        self._stated: set[str] = set()
        self._live: set[str] = set()
        """Offers that the engine has named since the last list, by id."""
        self.client = Client(
            addresses,
            name,
            "gateway",
            alive=self._alive,
            on_event=self._hear,
            call_timeout_s=CALL_MOST_S,
            reconnect_most_s=RECONNECT_MOST_S,
        )
        self.client.on_no_engine(0.0, self._gone, self._synced)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let it run beside everything else; the player looks at how it ended."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.ledger.fault("unexpected", f"the play itself failed: {error!r}")

    # -- connecting ------------------------------------------------------------------------------------------

    def _alive(self) -> Iterator[Alive]:
        self._stated, self._live = set(), set()
        self._listed = set(self.callers)
        alive: list[Alive] = [AliveEndpoint(address, person.name) for address, person in self.phones.items()]
        alive += [caller.alive() for caller in self.callers.values()]
        return iter(alive)

    def _gone(self) -> None:
        """Nothing to do: callers wait, and what they say meanwhile waits in the client."""

    def _synced(self) -> None:
        """The engine has said all that it owns: compare."""
        for refused in self.client.sync_refusals:
            self.ledger.fault("unexpected", f"{self.name}: sync is refused: {refused.code} {refused.detail}")
        for name in self._listed - self._stated:
            caller = self.callers.get(name)
            if caller is not None and caller.stage != "over":
                self.ledger.fault("lost", f"contact {name} was listed, and the engine does not have it")
        for person in self.phones.values():
            person.keep_only(self._live)

    # -- events ----------------------------------------------------------------------------------------------

    def _hear(self, event: Message) -> None:
        if isinstance(event, Announce):
            self.ledger.announced += 1
            self.spawn(self._played(event))
        else:
            self._take(event)

    def _take(self, event: Message) -> None:
        match event:
            case Offer():
                self._live.add(event.offer)
                if event.gateway == self.name:
                    across = event.endpoint_gateway != self.name
                    self.ledger.offered(event.offer, event.contact, event.agent, across=across)
                if event.endpoint_gateway == self.name:
                    self._ring(event.endpoint, event.offer, event.contact, event.gateway)
            case Accepted():
                self.accepted(event.contact, event.agent)
            case OfferCancelled():
                self.ledger.offer_over(event.offer, event.contact)
                for person in self.phones.values():
                    person.cancelled(event.offer)
            case TalkOver():
                for person in self.phones.values():
                    person.talk_over(event.offer, event.contact)
            case Treat():
                caller = self.callers.get(event.contact)
                if caller is not None:
                    caller.treated()
            case State():
                self._state(event)

    async def _played(self, announce: Announce) -> None:
        """Callers of a play hear everything at once."""
        outcome = await self.client.announced(announce.contact, announce.announcement, "played")
        if isinstance(outcome, Unknown):
            self.ledger.fault("unknown", f"contact {announce.contact}: announced: {outcome.why}")

    def _ring(self, endpoint: str, offer: str, contact: str, gateway: str) -> None:
        person = self.phones.get(endpoint)
        if person is None:
            self.ledger.fault("unexpected", f"offer {offer} rings at {endpoint}, where nobody sits")
        else:
            person.rung(offer, contact, gateway, self._live)

    def accepted(self, contact: str, agent: str) -> None:
        """An agent takes the contact: also where it was this gateway's own phone, and nobody need be told."""
        caller = self.callers.get(contact)
        if caller is not None:
            caller.accepted(agent)

    def talk_ended(self, contact: str) -> None:
        """We have ended it: a phone of ours that it was joined with hangs up. Nobody tells us what we said."""
        for person in self.phones.values():
            person.talk_over("", contact)

    def _state(self, state: State) -> None:
        """All that the engine has of ours, after a list: what is not so here yet is made so."""
        offers = {offer.contact: offer for offer in state.offers if offer.gateway == self.name}
        for contact in state.contacts:
            self._stated.add(contact.contact)
            live = offers.get(contact.contact)
            ringing = live is not None and live.state == "offered"
            self.ledger.stated(contact.contact, live.offer if live is not None and ringing else None)
            if contact.contact not in self._listed and contact.state not in ("wrapping", "ended"):
                self.ledger.fault("unexpected", f"contact {contact.contact} is {contact.state}, and was not listed")
        self._live.update(offer.offer for offer in state.offers)
        for offer in state.offers:
            self._restore(offer)

    def _restore(self, offer: OfferState) -> None:
        if offer.gateway == self.name and offer.state == "connecting":
            self.accepted(offer.contact, offer.agent)
        if offer.endpoint_gateway != self.name:
            return
        person = self.phones.get(offer.endpoint)
        if person is None:
            return
        if offer.state == "offered":
            person.rung(offer.offer, offer.contact, offer.gateway, self._live)
        elif offer.state == "wrap_up":
            person.talk_over(offer.offer, offer.contact)
