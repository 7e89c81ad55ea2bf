"""What a row of the catalogue is: a figure's name, type, labels, meaning, and how it is read.

It knows no figure. The one idea: what can be wrong with a name is checked when the row is made, so that the
catalogue can't hold a bad one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from router.metrics.text import Kind, Reading

PREFIX: Final = "switchboard_"

UNITS: Final = (
    "activations", "announcements", "callbacks", "dials", "keys", "layers", "notices", "plans", "promises", "rules",
    "agents", "batches", "bytes", "clients", "commands", "connections", "contacts", "effects", "errors",
    "failures", "hops", "info", "legs", "lines", "offers", "ratio", "records", "reloads", "reservations", "seconds",
    "series", "states", "stays", "steps", "tickets", "tokens", "violations",
)  # fmt: skip
"""What a name may end in, before `_total`: base units, and the nouns that are counted."""

UNITLESS: Final = (
    "switchboard_config_pending",
    "switchboard_config_version",
    "switchboard_epoch",
    "switchboard_leader",
    "switchboard_partner_cost",
    "switchboard_queue_open",
    "switchboard_store_away",
)
"""Numbers that count nothing, and what is 0 or 1."""

_NAME = re.compile(r"switchboard_[a-z][a-z_]*[a-z]")
_FOREIGN = re.compile(r"(process|python)_[a-z][a-z_]*[a-z]")
"""Names that every Prometheus exporter uses for the same things."""

From = TypeVar("From")


@dataclass(frozen=True, slots=True)
class Row(Generic[From]):
    """One family. `read` is called on the loop and takes microseconds: what takes longer is counted in slices
    before (see `census`)."""

    name: str
    kind: Kind
    help: str
    read: Callable[[From], Reading]
    labels: tuple[str, ...] = ()
    """Labels of its own; rows of a queue have tenant and queue before them."""
    bound: str = "1"
    """What bounds the number of its series (of one queue, for a row of queues)."""

    def __post_init__(self) -> None:
        if _FOREIGN.fullmatch(self.name):
            return
        assert _NAME.fullmatch(self.name), f"{self.name}: small letters and _, after {PREFIX}"
        stem = self.name.removesuffix("_total")
        assert (stem != self.name) == (self.kind == "counter"), f"{self.name}: _total is for counters, all of them"
        unit = stem.rsplit("_", 1)[1]
        assert unit in UNITS or stem in UNITLESS, f"{self.name}: ends in no unit that UNITS lists"
        assert "le" not in self.labels, f"{self.name}: the label le is the histogram's own"
        assert self.help.endswith("."), f"{self.name}: help is a sentence"
