"""The rows of `routes.toml`: where contacts go by what they arrive with, and what kinds of customers there are.

All of it is hot: a new table counts for who arrives; targets and tolerances of segments also for who waits.
"""

from __future__ import annotations

from typing import get_args

from router.config.catalogue.machine import DAY_S
from router.config.catalogue.repeats import AGAIN
from router.config.kinds.fields import Checked, Choice, Flag, Name, Names, Seconds, Text, Whole, WholeSeconds, csv_name
from router.config.kinds.needs import Needs
from router.config.patterns import Patterns
from router.config.routing_codes import pin_wrong
from router.config.rows import File, Row, Section, words_of
from router.core import settings as core
from router.core.effects import Treatment
from router.core.routes.settings import Route, Segment, Steer
from router.terms import Business

TIER = Row("tier", Patterns(), "What kind of customer it is to the business: gold, standard, ...")
LANGUAGE = Row("language", Patterns(), "The language that the customer speaks.")
REGION = Row("region", Patterns(), "Where the customer is from.")

ASKED = (
    Row("channel", Patterns(), "The kind of contact: voice, chat, ..."),
    Row("entry", Patterns(), "The number that was dialled, or the entry point (a menu, a page, an address)."),
    Row("customer", Patterns(), "The customer's number."),
    TIER,
    LANGUAGE,
    REGION,
    Row("business", Patterns(get_args(Business)), "What the customer wants, in kind."),
)

WHEN = Section(
    "when",
    "What a contact must be for the row to match: every condition. One that does not say it does not match.",
    (*ASKED, Row("calendar", Patterns(), "A calendar of `calendars.toml` that is open as it comes; of several, one.")),
)
UNLESS = Section(
    "unless",
    "What it must not be: none of them. One that does not say it is none of them.",
    (*ASKED, Row("calendar", Patterns(), "Calendars of `calendars.toml` that are closed as it comes: all of them.")),
)

DEEDS = tuple(word for word in words_of(Treatment, "do") if word != "queue")
"""A row that leads to a queue says so with `queue`."""

REFUSE = Section(
    "refuse",
    "The row does not let contacts in, whatever the queues say; the gateway is told why as `route`.",
    (
        Row("do", Choice(DEEDS), "What the gateway does with it."),
        Row("to", Text(64), "The message or mailbox."),
    ),
    struct=Treatment,
)

ROUTE = Section(
    "routes",
    "A row: where contacts go that meet it. Rows are asked in the order of the file, and the first that matches "
    "decides. A contact for which its gateway names a queue goes there, and no row is asked.",
    (
        Row("tenant", Name(), "Whose contacts it is for, and whose queue it leads to."),
        Row("queue", Name(), "The queue that the contact goes to. Give this or `refuse`."),
        Row(
            "queues",
            Names(15),
            "Further queues: the contact waits in all of them at once, and the first able agent of any of them has it. "
            "Those that are closed or full are left out.",
        ),
        Row("priority_s", WholeSeconds(0, DAY_S), "Head start in the line, added to what the gateway gives."),
        Row(
            "contact_class",
            Whole(0, 9),
            "Strict precedence over everything of a lower class; the queue's, where it is not set.",
            unit="class",
        ),
        Row(
            "needs",
            Needs(),
            "What an agent must have beyond the queue's needs: a needs table as there.",
        ),
        Row("segment", Name(), "The segment that the contact belongs to; else the first that it meets."),
        Row(
            "test",
            Flag(),
            "Test calls: routed as any other, and left out of figures, estimates and what is remembered of customers.",
        ),
        Row(
            "plan",
            Text(64),
            "A phone code: the row lets nobody in, and switches this plan for who may. It needs `callers`, `pin` or "
            "both.",
        ),
        Row("plan_action", Choice(("start", "stop")), "What is done with the plan."),
        Row("callers", Names(1_000), "The numbers that may switch the plan, as the gateway tells them; none: any."),
        Row(
            "pin",
            Checked("code", pin_wrong, 16),
            "The code that must be dialled, 6 to 16 digits: a caller's number can be forged. It is shown nowhere.",
        ),
    ),
    struct=Route,
    sections=(WHEN, UNLESS, REFUSE, AGAIN),
    many=True,
)

SEGMENT_WHEN = Section("when", "What a contact must be to belong to it: every condition.", (TIER, LANGUAGE, REGION))
SEGMENT_UNLESS = Section("unless", "What it must not be: none of them.", (TIER, LANGUAGE, REGION))

SEGMENT = Section(
    "segments",
    "A kind of customer with a target and a tolerance of its own: people in different regions do not wait alike. A "
    "contact belongs to the first, in the order of the file, that it meets.",
    (
        Row("tenant", Name(), "Whose customers they are."),
        Row(
            "target_class",
            Name(),
            "Their service-level target in every queue, by name: one of `target_classes`. The queue's, where it is not "
            "set.",
        ),
        Row(
            "tolerance_s",
            Seconds(0, 366 * DAY_S),
            "The wait that they bear. After it the queue's treatment `waited_too_long` applies, where the queue has "
            "one, and they count as overdue. 0: nothing is said.",
        ),
    ),
    struct=Segment,
    sections=(SEGMENT_WHEN, SEGMENT_UNLESS),
    many=True,
)

STEER = Section(
    "steers",
    "A cell of the matrix customer x business x channel: where another channel fits better, its gateway is told so, "
    "with the gain in expected wait. Cells are asked in the order of the file, and the first that gains "
    "enough advises.",
    (
        Row("tenant", Name(), "Whose customers it is for."),
        Row("segments", Names(200), "For customers of these segments; none listed: of any."),
        Row("business", Patterns(get_args(Business), least=0), "For these kinds of business; not set: any."),
        Row("channels", Names(16), "For who comes by these channels; none listed: any other than `to`."),
        Row(
            "to",
            Name(),
            "Where they are better served: `self_service`, `callback`, or a channel. Self-service and call-back gain "
            "the whole wait; a channel gains the difference of the expected waits.",
        ),
        Row("queue", Name(), "Where that channel is served, and how long one waits there."),
        Row("gain_least_s", Seconds(0, DAY_S), "Less to win in expected wait is no reason to change."),
    ),
    struct=Steer,
    many=True,
)

ROUTES = File(
    "routes.toml",
    "Where contacts go, and kinds of customers.",
    (
        Row(
            "blocked_csv",
            Checked("file name", csv_name, 255),
            "A table of customers in this directory that are not let in: columns customer, until, why, tenant. See the "
            "treatment `blocked`.",
        ),
        Row(
            "steer_window_s",
            Seconds(0, 366 * DAY_S),
            "Who took an advice to change the channel and comes by the old one within this time counts as come back.",
        ),
    ),
    (ROUTE, SEGMENT, STEER),
    core.Settings,
)
