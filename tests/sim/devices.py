"""The devices of a simulated gateway: they come up, go down, and are busy with what the engine did not give."""

from __future__ import annotations

from router.core import commands as ask
from router.terms import SECOND_US, WorkKind
from tests.sim.client import Client
from tests.sim.site import Site

OUTSIDE: tuple[WorkKind, ...] = ("outbound", "internal", "dialler", "personal")


class Devices(Client):
    """A client that has some."""

    def __init__(self, site: Site, key: str) -> None:
        super().__init__(site, key)
        self.devices: dict[str, ask.AliveEndpoint] = {}

    def attach(self, address: str, agent: str, channels: tuple[str, ...]) -> None:
        """A device comes up."""
        self.devices[address] = ask.AliveEndpoint(address, agent, channels)
        self.say(ask.Attach(1, address, agent, channels))

    def detach(self, address: str) -> None:
        """A device goes down."""
        if self.devices.pop(address, None) is not None:
            self.say(ask.Detach(1, address))

    def outside_work(self, address: str) -> None:
        """A device is busy with what the engine did not give, for a while."""
        device = self.devices.get(address)
        if device is None:
            return
        self.site.faults["outside work"] += 1
        kind = self.site.rng.choice(OUTSIDE)
        device.occupied, device.units = kind, self.site.rng.choice((25, 50))
        self.say(ask.Occupy(1, address, kind, device.units))
        self.site.after(self.site.some(5 * SECOND_US), lambda: self._free_again(device))

    def _free_again(self, device: ask.AliveEndpoint) -> None:
        if device.occupied is not None:
            device.occupied = None
            self.site.faults["outside work over"] += 1
            self.say(ask.Release(1, device.endpoint))
