"""The rows of `plans.toml`: actions prepared beforehand. All of it is hot."""

from __future__ import annotations

from router.config.catalogue.actions import ACTIONS
from router.config.catalogue.machine import DAY_S, PEERS
from router.config.catalogue.partners import PARTNERS
from router.config.keys import WAYS
from router.config.kinds.actions import url_wrong
from router.config.kinds.fields import Checked, Name, Seconds, Text, Whole
from router.config.kinds.tickets import NameOrNone
from router.config.model import Webhook
from router.config.rows import File, Row, Section
from router.core import settings as core
from router.core.layers.plan_settings import Plan

RANK = Row(
    "rank",
    Whole(-1_000, 1_000),
    "On one value of one target the highest rank wins, then what a person started, then the later start.",
    unit="rank",
)

PLAN = Section(
    "plans",
    "A plan: what is done when something happens that was thought of beforehand. Started with "
    "`switchboard plan start`, by a rule, or by its calendar.",
    (
        Row("name", Name(), "The name by which it is started, where that is not the table's name."),
        Row("tenant", Name(), "Whose plan it is: its queues and agents are of the same tenant."),
        Row("owner", Text(64), "Who answers for it."),
        Row("todo", Text(1_000), "What is to be done by hand when it starts; whoever starts it is shown this."),
        RANK,
        Row("lasts_s", Seconds(0, 366 * DAY_S), "It ends by itself after so long; 0: when it is stopped."),
        Row("warn_before_s", Seconds(0, 366 * DAY_S), "Supervisors are told so long before it ends by itself; 0: not."),
        Row("calendar", NameOrNone(), "It starts when this calendar opens, and stops when it closes."),
    ),
    struct=Plan,
    sections=(ACTIONS,),
    many=True,
)

WEBHOOKS = Section(
    "webhooks",
    "Addresses that are told of plans and rules (action `notify`). A notice is a POST of JSON, signed with the key; it "
    "is tried again with growing pauses, and given up after some hours.",
    (
        Row("tenant", Name(), "Whose notices it gets."),
        Row("url", Checked("address", url_wrong, 1_024), "Where to."),
        Row("timeout_s", Seconds(0.1, 60), "An answer that takes longer counts as none."),
        *(PEERS.rows[name] for name in WAYS),
    ),
    struct=Webhook,
    many=True,
)

PLANS = File(
    "plans.toml",
    "Plans for what may happen: a storm, a system that is down, a promotion. The file may be left out.",
    (),
    (PLAN, PARTNERS, WEBHOOKS),
    core.Settings,
)
