"""The rows of a channel beyond its units and ring times: what goes beside what, and what an agent may differ in.

They stand in `queues.toml` and `agents.toml`; the checks that need more than one of them are in `channels.py`.
"""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Flag, Names, Seconds, Whole
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
    Row(
        "activity_reported",
        Flag(),
        "Its gateways say who writes (`activity`): the first reply is measured, and idle contacts can be parked.",
    ),
    Row(
        "park_after_s",
        Seconds(0, 7 * DAY_S),
        "Nobody wrote for so long: the contact is parked by itself; 0: never.",
    ),
    Row(
        "parked_most_s",
        Seconds(0, 366 * DAY_S),
        "Parked for so long, a contact is given up: see the treatment `parked_too_long`. 0: contacts of this channel "
        "are not parked. 86400 for chat and 604800 for e-mail, where it is not set.",
    ),
    Row(
        "parked_agent_most_s",
        Seconds(0, DAY_S),
        "A contact that comes back waits so long for the agent who had it, then for anyone.",
    ),
    Row(
        "reserve_after_s",
        Seconds(0, DAY_S),
        "The most urgent contact has waited so long and nobody able has room for it: an agent is reserved, to whom "
        "nothing smaller is given; 0: never.",
    ),
    Row("reserved_most_s", Seconds(1, DAY_S), "An agent stays reserved no longer than this."),
    Row(
        "talk_lease_s",
        Seconds(0, 30 * DAY_S),
        "A gateway that answers such questions (`confirm`) is asked so often whether a contact still talks; what it "
        "does not confirm is ended. 0: never.",
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
