"""The rows of `queues.toml` about customers who come again: what is remembered, and what a queue does for them."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Seconds, Text, Whole
from router.config.rows import Row, Section
from router.core import settings as core
from router.core.customers.settings import Again

REPEAT = Section(
    "repeat",
    "What is remembered of customers, so that one who comes again is known, over all channels and restarts.",
    (
        Row(
            "window_s",
            Seconds(0, 31 * DAY_S),
            "A contact within this time of one that was served, about the same, is a repeat; 0: nothing is remembered.",
        ),
        Row(
            "customers_max",
            Whole(1, 10_000_000),
            "Customers remembered, about 0.5 KiB each: beyond it the one heard of longest ago is forgotten.",
            unit="customers",
        ),
        Row(
            "contacts_per_day_max",
            Whole(1, 10_000),
            "An id with more contacts on a day is no customer but a switchboard or a test line: it is left out.",
            unit="contacts",
        ),
    ),
    struct=core.Repeat,
)

AGAIN = Section(
    "repeat",
    "What is done for a customer who was served about the same within the window. Where a row of the routes has such a "
    "table, it counts for who comes by that row, and the queue's does not.",
    (
        Row(
            "same_agent_s",
            Seconds(0, DAY_S),
            "Wait so long for the agent who served them last, while signed in and not on a break.",
        ),
        Row("head_start_s", Seconds(0, DAY_S), "Head start that they are given, beside their own."),
        Row("queue", Text(64), "The queue that takes them from the `times`-th time on, where it would let them in."),
        Row("times", Whole(2, 100), "From which time on; 2 is the first repeat.", unit="contacts"),
    ),
    struct=Again,
)
