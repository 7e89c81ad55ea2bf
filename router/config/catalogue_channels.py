"""The rows of a channel beyond its units and ring times: what goes beside what, and what an agent may differ in.

They stand in `queues.toml` and `agents.toml`; the checks that need more than one of them are in `channels.py`.
"""

from __future__ import annotations

from router.config.kinds import Flag, Names, Whole
from router.config.rows import Row, Section
from router.core import settings as core

CHANNEL_ROWS = (
    Row(
        "interrupts",
        Names(16),
        "Channels that it may interrupt: what an agent holds of them does not keep a contact of this channel away.",
    ),
    Row(
        "interrupts_most",
        Whole(1, 10_000),
        "Contacts of this channel that an agent may hold when it comes by interrupting.",
        unit="contacts",
    ),
    Row("exclusive", Flag(), "Given only to an agent who has nothing else, and nothing is given beside it."),
)

AGENT_CHANNELS = Section(
    "channels",
    "What is otherwise for this agent on a channel.",
    (
        Row(
            "most_at_once",
            Whole(0, 10_000),
            "Contacts of the channel that they may hold, in place of the channel's own limit; 0: none.",
            unit="contacts",
        ),
    ),
    struct=core.Channel,
    many=True,
)
