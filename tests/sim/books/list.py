"""What gateways list as alive, and what the engine tells them that it has: in pieces, and then `synced` (I1, I2).

A long list is gone through in several steps, so its answer may come later than its step; it must come, and what was
told in each piece must be so at that moment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core.effects import Error, Ok, Reply, State, Synced
from tests.sim.seen import GatewaySeen

if TYPE_CHECKING:
    from tests.sim.judge import Judge


REACHED = ("list gone through in slices",)


class ListBook:
    """Of all gateways."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._told: dict[str, set[str]] = {}
        """Gateway -> contacts that it was told of since its list is whole."""
        self._owed: dict[str, ask.SyncEnd] = {}
        """Gateway -> the end of a list that has no answer yet."""
        self.said: dict[type, Callable[[GatewaySeen, Any, Reply], None]] = {
            ask.Sync: self._sync,
            ask.SyncEnd: self._sync_end,
        }

    def begins(self, gateway: GatewaySeen) -> None:
        """It has come or gone: what it has must be heard anew."""
        gateway.begins_list()
        self._told.pop(gateway.key, None)
        self._owed.pop(gateway.key, None)

    def may_owe(self, gateway: GatewaySeen, command: object) -> bool:
        """The step has not answered this; may it be answered later?"""
        if not isinstance(command, ask.SyncEnd) or gateway.synced or gateway.key in self._owed:
            return False
        self._owed[gateway.key] = command
        self._judge.reached[REACHED[0]] += 1
        return True

    def goes_through(self, key: str) -> bool:
        """Is a list of this gateway being gone through in this step?"""
        return key in self._owed or isinstance(self._judge.command, ask.SyncEnd)

    def owed(self, key: str, reply: Reply) -> ask.SyncEnd | None:
        """What this answers, if it is the end of a list that was said before."""
        command = self._owed.get(key)
        if command is None or not isinstance(reply, Synced) or reply.re != command.seq:
            return None
        return self._owed.pop(key)

    def told(self, key: str, message: State) -> None:
        """A client is told what the engine has of it: it is so now."""
        self._judge.places.listed(key, message.contacts)
        for contact in message.contacts:
            visit = self._judge.visits.get((key, contact.contact))
            kept = visit.state if visit is not None else "nowhere"
            if kept != contact.state:
                self._judge.fault("I2", f"{key} is told that {contact.contact} is {contact.state}; it is {kept}")
            self._told.setdefault(key, set()).add(contact.contact)

    def ended(self, key: str, contact: str, outcome: str | None) -> None:
        """A contact has ended: not for the list that names it (I1)."""
        if outcome == "lost_with_gateway" and self.goes_through(key) and contact in self._judge.gateway(key).named:
            self._judge.fault("I1", f"{key} has listed {contact}, and it has ended as lost")

    def _sync(self, gateway: GatewaySeen, command: ask.Sync, reply: Reply) -> None:
        if isinstance(reply, Ok):
            gateway.hears(command)

    def _sync_end(self, gateway: GatewaySeen, _command: ask.SyncEnd, reply: Reply) -> None:
        """The list is whole: the engine has named exactly what it should have kept (I1, I2)."""
        if isinstance(reply, Error):
            return
        judge = self._judge
        gateway.synced, gateway.endpoints = True, gateway.listed
        judge.callbacks.lost(gateway)
        judge.changed(gateway)
        if gone := gateway.left_out(judge.visits) - judge.callbacks.open.keys():
            judge.fault("I1", f"{gateway.key} did not list {sorted(gone)}, and they live")
        kept = {name for key, name in judge.visits if key == gateway.key}
        told = self._told.pop(gateway.key, set())
        if kept - told:
            judge.fault("I2", f"{gateway.key} is not told of {sorted(kept - told)}")
        if ghosts := [name for name in told - kept if (gateway.key, name) not in judge.ended]:
            judge.fault("I2", f"{gateway.key} is told of {sorted(ghosts)}, which have not ended and are not there")
