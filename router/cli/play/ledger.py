"""The outside ledger: what must hold between what clients asked and what they were told.

It must not know sockets, and sees nothing of the engine. Kinds of fault:

    lost        a visit that was acknowledged is gone, or never ended
    doubled     a contact with two agents, an agent with two contacts, a visit that ended twice
    unexpected  an answer or an event that does not fit what went before
    unknown     a command of which nobody can say whether it was done

The one idea: each fault is counted under its kind and the first are kept in words, so that a ledger that is not clean
says where to look.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

FaultKind: TypeAlias = Literal["lost", "doubled", "unexpected", "unknown"]

KINDS: Final[tuple[FaultKind, ...]] = ("lost", "doubled", "unexpected", "unknown")

FIRST_KEPT: Final = 20
"""Faults told in words; the rest are only counted."""

FITS: Final = {
    "answered": {"answered"},
    "abandoned": {"abandoned", "abandoned_in_offer"},
    "withdrawn": {"withdrawn"},
    "treated": {"waited_too_long", "moved", "callback_taken"},
}
"""How the visit ended for its gateway -> what the engine may call it."""


@dataclass(slots=True)
class Visit:
    """One contact, as its gateway knows it. Times are the trace's, in microseconds."""

    queue: str
    asked_us: int
    acknowledged: bool = False
    refused: str = ""
    offer: str | None = None
    """Its live offer."""
    agent: str | None = None
    """Who talks to it, or did."""
    joined_us: int | None = None
    end: str | None = None
    """One of `FITS`, once the engine has acknowledged the end."""
    ended_us: int = 0
    told: str | None = None
    """The outcome by the engine's own word."""


@dataclass(slots=True)
class Ledger:
    """The books of one play."""

    visits: dict[str, Visit] = field(default_factory=dict)
    holds: dict[str, str] = field(default_factory=dict)
    """Agent -> the contact in hand, from the accept to the end of wrap-up."""
    faults: Counter[FaultKind] = field(default_factory=Counter)
    first: list[str] = field(default_factory=list)
    offers: int = 0
    announced: int = 0
    """Announcements to those who waited, each acknowledged."""
    across: int = 0
    """Offers whose contact and phone are on different gateways."""
    gaps: int = 0
    """Times when the engine's own word may have been missed: it was killed."""

    @property
    def clean(self) -> bool:
        """No fault of any kind."""
        return not self.faults.total()

    def fault(self, kind: FaultKind, what: str) -> None:
        """Write one down."""
        self.faults[kind] += 1
        if len(self.first) < FIRST_KEPT:
            self.first.append(f"{kind}: {what}")

    # -- a visit, by its gateway -----------------------------------------------------------------------------

    def asked(self, contact: str, queue: str, at_us: int) -> None:
        """The contact wants in."""
        self.visits[contact] = Visit(queue, at_us)

    def acknowledged(self, contact: str) -> None:
        """The engine has let it in: from here on it must not be lost."""
        self.visits[contact].acknowledged = True

    def refused(self, contact: str, why: str) -> None:
        """The entry checks did not let it in."""
        self.visits[contact].refused = why

    def offered(self, offer: str, contact: str, agent: str, *, across: bool) -> None:
        """Its gateway heard of a new offer."""
        self.offers += 1
        self.across += across
        visit = self.visits.get(contact)
        if visit is None or visit.end is not None:
            state = "not ours" if visit is None else f"over ({visit.end})"
            self.fault("unexpected", f"offer {offer} to {agent} of contact {contact}, which is {state}")
        elif visit.joined_us is not None:
            self.fault("doubled", f"offer {offer} of contact {contact}, which talks to {visit.agent}")
        elif visit.offer not in (None, offer):
            self.fault("doubled", f"offer {offer} of contact {contact} beside its offer {visit.offer}")
        else:
            visit.offer = offer

    def offer_over(self, offer: str, contact: str) -> None:
        """Its gateway heard that the offer was cancelled, or given to nobody."""
        visit = self.visits.get(contact)
        if visit is not None and visit.offer == offer:
            visit.offer = None

    def stated(self, contact: str, offer: str | None) -> None:
        """After a new connection: the engine says which offer is live, and what was said before counts no more."""
        visit = self.visits.get(contact)
        if visit is not None:
            visit.offer = offer

    def joined(self, contact: str, agent: str, at_us: int) -> None:
        """Its gateway has joined it with an agent."""
        visit = self.visits[contact]
        if visit.joined_us is not None and visit.agent != agent:
            self.fault("doubled", f"contact {contact} is joined with {agent} and with {visit.agent}")
        visit.agent, visit.joined_us = agent, at_us

    def ended(self, contact: str, how: str, at_us: int) -> None:
        """The engine has acknowledged the end of the visit."""
        visit = self.visits[contact]
        if visit.end is not None:
            self.fault("doubled", f"contact {contact} ended {visit.end}, and {how} again")
            return
        visit.end, visit.ended_us = how, at_us
        self._compare(contact, visit)

    # -- the engine's word, by a monitor ---------------------------------------------------------------------

    def told(self, contact: str, outcome: str) -> None:
        """The engine says that the visit is over."""
        visit = self.visits.get(contact)
        if visit is None:
            return
        if visit.told is not None:
            self.fault("doubled", f"contact {contact} is reported {visit.told}, and {outcome} again")
            return
        visit.told = outcome
        self._compare(contact, visit)

    def _compare(self, contact: str, visit: Visit) -> None:
        if visit.end is None or visit.told is None or visit.told in FITS[visit.end]:
            return
        kind: FaultKind = "lost" if visit.told == "lost_with_gateway" else "unexpected"
        self.fault(kind, f"contact {contact} ended {visit.end} for its gateway and {visit.told} for the engine")

    # -- an agent ------------------------------------------------------------------------------------------------

    def taken(self, agent: str, contact: str, offer: str) -> None:
        """The engine has acknowledged the agent's accept."""
        held = self.holds.get(agent)
        if held not in (None, contact):
            self.fault("doubled", f"{agent} is given contact {contact} (offer {offer}) with {held} in hand")
        self.holds[agent] = contact
        if held != contact:
            others = [name for name, other in self.holds.items() if other == contact and name != agent]
            if others:
                self.fault("doubled", f"contact {contact} is in the hands of {agent} and of {others[0]}")

    def released(self, agent: str, contact: str) -> None:
        """The agent is done with the contact, or it was withdrawn."""
        if self.holds.get(agent) == contact:
            del self.holds[agent]

    # -- the end -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """All is over: what was let in has ended, for its gateway and by the engine's own word."""
        for contact, visit in self.visits.items():
            if visit.refused:
                continue
            if visit.end is None:
                kind: FaultKind = "lost" if visit.acknowledged else "unknown"
                self.fault(kind, f"contact {contact} of queue {visit.queue} never ended")
            elif visit.told is None and not self.gaps:
                self.fault("unexpected", f"contact {contact} ended {visit.end}, and no monitor was told")
        for agent, contact in self.holds.items():
            self.fault("unexpected", f"{agent} still has contact {contact} in hand")

    def as_json(self) -> dict[str, object]:
        """Every kind, also where it is 0, and the first faults in words."""
        return {**{kind: self.faults[kind] for kind in KINDS}, "first": list(self.first)}
