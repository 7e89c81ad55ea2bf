"""What `/readyz` says: whether this daemon can take work, and what it would promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

State: TypeAlias = Literal["loading", "leader", "standby", "draining"]
"""`loading`: the store's records are being read. `standby`: another engine leads, this one follows it."""

READY: Final = ("leader", "standby")


@dataclass(frozen=True, slots=True)
class Readiness:
    """One answer."""

    state: State
    store: Literal["present", "away"] = "present"
    durability: str = "memory"
    """What an acknowledgement survives now."""
    config_version: int = 0
    epoch: int = 0

    @property
    def ready(self) -> bool:
        """It may be sent clients. A store that is away does not make it unready: it routes on from memory, and
        taking its clients away would help nobody."""
        return self.state in READY

    def shown(self) -> dict[str, object]:
        """The body of the reply."""
        return {
            "ready": self.ready,
            "state": self.state,
            "store": self.store,
            "durability": self.durability,
            "config_version": self.config_version,
            "epoch": self.epoch,
        }
