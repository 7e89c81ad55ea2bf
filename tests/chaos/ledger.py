"""What was promised to whom, and what of it was broken. It hears what a gateway hears, and nothing else.

Kept apart: *lost* (acknowledged, and a leader does not know it), *risked* (the same, but the promise was `memory` and
a daemon died or lost the lead since), *doubled* (two live offers, or two agents who took one contact), *unexpected*
(of a lower epoch, of a contact that is over), *unknown* (no answer in time: nobody knows), *stuck* (calm for long, and
not at its end).
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Promise:
    """One contact, as its gateway knows it."""

    contact: str
    acknowledged: bool = False
    memory: bool = False
    """Its promise was `memory`: kept by no more than the life of a daemon."""
    offer: str = ""
    """Live now."""
    agent: str = ""
    """Who took it."""
    talking: bool = False
    """The engine knows that customer and agent are joined."""
    ending: bool = False
    """We have said that it is over."""


@dataclass
class Ledger:
    """All gateways' promises."""

    promises: dict[str, Promise] = field(default_factory=dict)
    over: dict[str, int] = field(default_factory=dict)
    """Contact -> epoch in which its end was acknowledged."""
    broken: dict[str, list[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    longest_pause_s: float = 0.0
    epochs: dict[str, int] = field(default_factory=dict)
    """Gateway -> the epoch from which its last offer came (I11)."""
    at_risk: bool = False
    """A daemon died or lost the lead since a promise of `memory`."""
    _last_ack_s: float = 0.0

    def broke(self, kind: str, what: str) -> None:
        """Note a finding."""
        self.broken.setdefault(kind, []).append(f"{time.monotonic():.3f} {what}")

    def ack(self) -> None:
        """Something was acknowledged: the engine serves."""
        now_s = time.monotonic()
        if self._last_ack_s:
            self.longest_pause_s = max(self.longest_pause_s, now_s - self._last_ack_s)
        self._last_ack_s = now_s

    def asked_for(self, contact: str, known: bool, epoch: int) -> None:
        """A leader was asked whether it knows an acknowledged contact, before it was told anything."""
        self.counts["promises asked for"] += 1
        promise = self.promises.get(contact)
        if known or promise is None or promise.ending:
            return
        if promise.memory:
            self.counts["risked, and lost"] += 1
            if not self.at_risk:
                self.broke("lost", f"{contact} in epoch {epoch}: `memory`, and no daemon has died")
        else:
            self.broke("lost", f"{contact} in epoch {epoch}")

    def offered(self, contact: str, offer: str, epoch: int) -> None:
        """An offer rings."""
        self.counts["offers"] += 1
        promise = self.promises.get(contact)
        if promise is None:
            if contact in self.over:
                self.broke("unexpected", f"offer {offer} in epoch {epoch} of {contact}, which is over")
            return
        if int(offer.partition("-")[0]) > epoch:
            self.broke("unexpected", f"offer {offer} of {contact}: of an epoch after {epoch}")
        gateway = contact.partition(".")[0]
        if epoch < self.epochs.get(gateway, 0):
            self.broke("unexpected", f"offer {offer} of {contact} from epoch {epoch}, after {self.epochs[gateway]}")
        self.epochs[gateway] = epoch
        if promise.offer and promise.offer != offer:
            self.broke("doubled", f"{contact}: offer {offer} beside {promise.offer}")
        if promise.talking:
            self.broke("doubled", f"{contact}: offer {offer} while {promise.agent} talks to it")
        promise.offer, promise.agent = offer, ""

    def taken(self, contact: str, offer: str, agent: str) -> None:
        """An agent took the contact, as its gateway hears it."""
        promise = self.promises.get(contact)
        if promise is None:
            return
        if promise.agent and promise.agent != agent:
            self.broke("doubled", f"{contact}: {agent} took it by {offer}, and {promise.agent} has it")
        promise.agent = agent

    def withdrawn(self, contact: str, offer: str) -> None:
        """An offer is over without a talk."""
        promise = self.promises.get(contact)
        if promise is not None and promise.offer == offer:
            promise.offer = promise.agent = ""

    def report(self) -> dict[str, object]:
        """For people and programs."""
        return {
            "clean": not self.broken,
            "broken": {kind: found[:20] for kind, found in self.broken.items()},
            "counts": dict(sorted(self.counts.items())),
            "longest_pause_s": round(self.longest_pause_s, 3),
        }
