"""What `[partners.NAME]` of `plans.toml` tells the core: the contract with an outsourcer, in core units."""

from __future__ import annotations

from msgspec import Struct

from router.terms import SECOND_US

MILLION = 1_000_000
"""Money is counted in millionths of the currency: whole numbers add up to the same sum in any order."""


class PartnerContract(Struct, frozen=True):
    """Somebody outside who takes contacts for a price."""

    name: str
    tenant: str = "main"
    address: str = ""
    """Where the gateway connects them to."""
    calendar: str = ""
    """Its hours; empty: at any time."""
    at_most: int = 10
    """Contacts that are there at a time."""
    share_most: float = 1.0
    """Of what comes into a queue within the window."""
    window_us: int = 3600 * SECOND_US
    """Shares, and its service level, are counted over this time."""
    target_us: int = 20 * SECOND_US
    """It answers within this time."""
    service_level: float = 0.8
    """The share that it has promised to answer within it."""
    probe_share: float = 0.1
    """However short it falls, this part of its share goes on: else nobody would see that it does better."""
    answer_most_us: int = 60 * SECOND_US
    """Who is not answered after so long comes back."""
    talk_most_us: int = 4 * 3600 * SECOND_US
    """A talk there that nobody ends counts as over after so long."""
    price_contact: float = 0.0
    """Of a contact that was answered."""
    price_minute: float = 0.0
    """Of a minute of talk, counted by the second."""
    currency: str = "EUR"

    @property
    def key(self) -> str:
        """tenant/name."""
        return f"{self.tenant}/{self.name}"
