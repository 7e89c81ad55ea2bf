"""A caller, as a simulated gateway knows them: the truth that its list after hello is made of."""

from __future__ import annotations

from msgspec import Struct

from router.core import commands as ask
from router.core.effects import Offer, OfferState


class Call(Struct, eq=False):
    """One caller, as the gateway knows them. `state`: asked, in, joined, parked, sent, away, over."""

    enqueue: ask.Enqueue
    state: str = "asked"
    seen: str = "asked"
    """What the engine said last: asked, waiting, held, offered, connecting, connected."""
    agent: str = ""
    channel: str = ""
    """Where it has switched to."""
    joined_us: int = 0
    send: str = ""
    """By which id it was sent to a partner last."""
    partner: str = ""
    round: int = 0
    """Counts what was planned for it: what is planned for an earlier round is out of date."""

    @property
    def id(self) -> str:
        """The contact's id."""
        return self.enqueue.contact


def offer_of(offer: OfferState) -> Offer:
    """An offer, as far as the engine's list of what is alive tells."""
    return Offer(
        offer.offer, offer.contact, offer.gateway, "", "", offer.agent, offer.endpoint, offer.endpoint_gateway,
        offer.left_ms or 0, 0,
    )  # fmt: skip
