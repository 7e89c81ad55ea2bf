"""The rows of `queues.toml` about balances: queues that share agents, and whose turn it is among them."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Choice, Flag, Name, Names, Number, Seconds
from router.config.rows import Row, Section, words_of
from router.core.match.balance_settings import Balance

BALANCED_MAX = 32
"""Queues of one balance: each choice among them counts who waits in all of them."""

SERVICE_LEVEL = Row(
    "service_level",
    Number(0, 99),
    "Share of its contacts that should be answered within the target: what the balance that it is in moves its "
    "thresholds for. 0: it is not said, and its threshold stays the target.",
    unit="%",
)
"""A row of a queue."""

BALANCE = Section(
    "balance",
    "A balance: of several queues that share agents it decides whose turn it is, so that they wait in proportion to "
    "their targets, and each misses its `service_level` by no more than the others: see [routing](routing.md#balance).",
    (
        Row("name", Name(), "The name that metrics and the audit use, where that is not the table's name."),
        Row("tenant", Name(), "Whose it is: its queues are of the same tenant."),
        Row("queues", Names(BALANCED_MAX, least=2), "The queues in it. A queue is in one balance."),
        Row(
            "measure",
            Choice(words_of(Balance, "measure")),
            "What is held in proportion. `length`: how many wait in each queue against how many come. `wait`: how long "
            "the first of each waits; better where few come.",
        ),
        Row("on", Flag(), "false: it only learns until an action `balance` of a rule or plan switches it on."),
        Row(
            "urgency_most",
            Number(1, 1_000),
            "Who of it has this urgency is passed by nobody of it who has less: the bound of every wait.",
            unit="targets",
        ),
        Row("step_s", Seconds(1, 3_600), "So often it learns, and moves its thresholds."),
        Row("half_life_s", Seconds(60, 30 * DAY_S), "After so long an arrival counts half in how many come."),
    ),
    struct=Balance,
    many=True,
)
