"""From the visits that a journal holds to the contacts of a trace.

The engine writes a record for each queue in which a contact was; a caller whom the configuration has sent on, from
queue to queue, came once. It must not know how a journal lies on disk.

The one idea: what the engine did is left out, what people did stays. So a chain of moves is one contact of the queue
that was asked for, and an agent's transfer begins another one, as in the other importers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from router.terms import MILLISECOND_US
from router.trace.names import as_id
from router.trace.records import Contact, Outcome

ENDS: Final[dict[str, Outcome]] = {
    "answered": "answered",
    "abandoned": "abandoned",
    "abandoned_in_offer": "abandoned",
    "left_by_key": "left_by_key",
    "callback_taken": "left_by_key",
    "waited_too_long": "timed_out",
    "sent_to_partner": "timed_out",
    "refused": "turned_away",
    "moved": "timed_out",
}
"""How the engine's ends are spelt in a trace; other ends tell nothing of a caller, and are left out under their name.
`moved` is the last that is known of a chain that was cut off."""
BY_CHOICE: Final = frozenset({"abandoned", "left_by_key"})
"""Ends that tell the caller's patience."""


class Recorded(NamedTuple):
    """A visit's record, and when it began, in microseconds of the day."""

    fields: dict[str, Any]
    at_us: int

    def us(self, name: str) -> int:
        """A time of the record that is written in milliseconds."""
        return int(self.fields.get(name, 0)) * MILLISECOND_US


class _Leg(NamedTuple):
    """A talk, as its agent lived it."""

    agent: str
    queue: str
    ring_us: int
    talk_us: int
    wrap_up_us: int


def contacts(visits: Iterable[Recorded]) -> tuple[list[Contact], dict[str, int], dict[str, int]]:
    """Contacts by arrival, how many visits were left out by reason, and what else was counted."""
    left_out: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    by_id: defaultdict[tuple[str, str], list[Recorded]] = defaultdict(list)
    for visit in visits:
        by_id[visit.fields["gateway"], visit.fields["contact"]].append(visit)
    made: list[Contact] = []
    taken: set[str] = set()
    for (gateway, name), own in by_id.items():
        legs = [_leg(leg) for visit in own for leg in visit.fields.get("legs", ())]
        before: Recorded | None = None
        for chain in _chains(own):
            contact = _contact(chain, legs, before, left_out)
            notes["sent_on"] += len(chain) - 1
            before = chain[-1]
            if contact is not None:
                contact.id = _name(gateway, name, taken)
                made.append(contact)
    made.sort(key=lambda each: (each.arrival_us, each.id))
    return made, dict(sorted((+left_out).items())), dict(+notes)


def _leg(leg: list[Any]) -> _Leg:
    agent, queue, ring_ms, talk_ms, wrap_up_ms = leg
    return _Leg(agent, queue, *(each * MILLISECOND_US for each in (ring_ms, talk_ms, wrap_up_ms)))


def _chains(visits: list[Recorded]) -> list[list[Recorded]]:
    """Visits of one id: those that the engine has sent on belong together."""
    chains: list[list[Recorded]] = []
    for visit in visits:
        last = chains[-1][-1].fields if chains else {}
        sent_on = last.get("outcome") in ("moved", "refused") and last.get("to", "") != ""
        if sent_on:
            chains[-1].append(visit)
        else:
            chains.append([visit])
    return chains


def _contact(
    chain: list[Recorded], legs: list[_Leg], before: Recorded | None, left_out: Counter[str]
) -> Contact | None:
    """One contact; None, and counted, where it is none of a trace. `before`: the visit that an agent has handed on."""
    first, last = chain[0].fields, chain[-1].fields
    end = last["outcome"]
    if apart := last.get("apart", ""):
        left_out[apart] += 1
        return None
    if end not in ENDS:
        left_out[end] += 1
        return None
    if not first.get("queue"):
        # A row of the routes has refused it, or has taken it for a plan's switch.
        left_out["ended_by_a_row"] += 1
        return None
    outcome = ENDS[end]
    leg = _taken(legs, last["queue"]) if outcome == "answered" else None
    arrival_us, wait_us = chain[0].at_us, chain[-1].us("waited_ms")
    if before is not None and before.at_us == arrival_us and before.fields.get("to"):
        # The engine counts from the first arrival; this part began when it was handed on.
        arrival_us += before.us("visit_ms")
        since_us = chain[-1].us("visit_ms") - before.us("visit_ms")
        wait_us = max(0, since_us - (leg.talk_us if leg is not None else 0))
    return Contact(
        id="",
        arrival_us=max(0, arrival_us),
        queue=first["queue"],
        channel=last["channel"],
        customer=last.get("customer"),
        head_start_s=last.get("priority_s", 0),
        entry=first.get("entry", "") if first.get("route") else None,
        business=first.get("business"),
        route_head_start_s=first.get("route_s", 0),
        patience_us=wait_us,
        patience_known=outcome in BY_CHOICE,
        service_us=leg.talk_us if leg is not None else None,
        wrap_up_us=leg.ring_us + leg.wrap_up_us if leg is not None else None,
        outcome=outcome,
        wait_us=wait_us,
        answered_us=arrival_us + wait_us if outcome == "answered" else None,
        agent=leg.agent if leg is not None else None,
    )


def _taken(legs: list[_Leg], queue: str) -> _Leg | None:
    """The next talk in this queue. A leg that wraps up while its contact waits again stands in the next record."""
    for number, leg in enumerate(legs):
        if leg.queue == queue:
            return legs.pop(number)
    return None


def _name(gateway: str, contact: str, taken: set[str]) -> str:
    """An id that a trace takes, and has not."""
    name = as_id(f"{gateway}:{contact}")[:56]
    number = 1
    while (found := name if number == 1 else f"{name}+{number}") in taken:
        number += 1
    taken.add(found)
    return found
