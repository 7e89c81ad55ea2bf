"""What two runs of one seed are compared by."""

from __future__ import annotations

from hashlib import blake2b

from msgspec.msgpack import Encoder

from tests.sim.site import Flight, Site, Step


class Digest:
    """A digest of all effects in the order decided, for comparing two runs byte by byte."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)
        self._encode = Encoder().encode

    def stepped(self, site: Site, step: Step) -> None:
        """Take the effects of a step in."""
        self._hash.update(self._encode(step.effects))

    def landed(self, site: Site, flight: Flight) -> None:
        """Nothing new."""

    def killed(self, site: Site) -> None:
        """Nothing new."""

    def restarted(self, site: Site) -> None:
        """Nothing new."""

    def hex(self) -> str:
        """So far."""
        return self._hash.hexdigest()
