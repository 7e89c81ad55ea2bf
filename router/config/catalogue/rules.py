"""The rows of `rules.toml`: what is done by itself when it is needed. All of it is hot: an edited rule goes on from
where it is."""

from __future__ import annotations

from router.config.catalogue.actions import ACTIONS
from router.config.catalogue.machine import DAY_S
from router.config.catalogue.plans import RANK
from router.config.kinds.fields import Flag, Name, Seconds, Text, Whole
from router.config.kinds.rules import Conditions
from router.config.kinds.tickets import NameOrNone
from router.config.rows import File, Row, Section
from router.core import settings as core
from router.core.ruling.settings import ActingRule

RULES_MAX = 5_000
"""Rules of a configuration: bounds what is kept of them (about 2 KiB each)."""

TIMES = (
    Row("for_s", Seconds(0, DAY_S), "The condition must have held for so long before the rule starts."),
    Row("active_least_s", Seconds(1, DAY_S), "Once started it is active for so long at least."),
    Row("cool_down_s", Seconds(0, DAY_S), "Once ended it does not start again before so long."),
    Row("per_hour_most", Whole(0, 60), "It starts at most so often in any hour; 0: no limit.", unit="starts an hour"),
)
"""What keeps a rule from flapping."""

RULE = Section(
    "rules",
    "A rule: while its condition holds, it is active. On what is unknown (an empty window, nobody signed in) nothing "
    "changes.",
    (
        Row("name", Name(), "The name that is shown, where that is not the table's name."),
        Row("tenant", Name(), "Whose rule it is: the queues, teams and segments that it names are of the same tenant."),
        Row("about", Text(500), "What it is for: shown with it."),
        Row("when", Conditions(), "Its condition. It must be given."),
        Row("until", Conditions(), "What ends it; none given: that the condition does not hold any more."),
        *TIMES,
        Row(
            "hours",
            NameOrNone(),
            "The calendar while which is open it may be active; when it closes the rule ends. Empty: at any time.",
        ),
        RANK,
        Row("observe", Flag(), "It does nothing: the audit says what it would have done, and when."),
    ),
    struct=ActingRule,
    sections=(ACTIONS,),
    many=True,
)

RULES = File(
    "rules.toml",
    "Rules: what is done by itself when it is needed. The file may be left out.",
    (),
    (RULE,),
    core.Settings,
)
