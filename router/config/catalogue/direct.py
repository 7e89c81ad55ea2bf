"""The rows of `queues.toml` about contacts that are direct to one agent: when the others may have them."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Flag, Seconds
from router.config.rows import Row, Section
from router.core import settings as core

DIRECT = Section(
    "direct",
    "When a contact that is direct to an agent (`enqueue` or `transfer` with `agent`) goes to the ordinary line of the "
    "queue, its place kept. Not at all: it waits for that agent.",
    (
        Row("overflow_s", Seconds(0, 31 * DAY_S), "After so long, closed hours too; 0: however long it takes."),
        Row("overflow_at_log_out", Flag(), "When the agent logs out, or has logged out before it comes."),
        Row("overflow_on_break", Flag(), "When the agent is not ready, for whatever reason, or will be after this."),
    ),
    struct=core.Direct,
)
