"""The rows of `tickets.toml`: the paths that tickets go until they are solved. All of it is hot."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Choice, Name, Names, Seconds, Text, Whole
from router.config.kinds.names import NameByName
from router.config.kinds.needs import Needs
from router.config.kinds.tickets import Days, NameOrNone
from router.config.rows import File, Row, Section, words_of
from router.core import settings as core
from router.core.tickets.settings import Node, TicketPath, Words

PENDING = ("customer", "department", "date")
"""For what a ticket can be pending."""

STATION = (
    Row("queue", Name(), "In whose line a ticket waits here, and so who works on it. It must take the channel ticket."),
    Row("agent", NameOrNone(), "Only this agent of them."),
    Row("needs", Needs(), "What an agent must have here, beyond the queue's needs and the ticket's own."),
    Row("label", Text(80), "What a customer may hear of who has it."),
    Row("limit_s", Seconds(0, 366 * DAY_S), "Longest stay here, by the node's clock; 0: no limit."),
    Row("warn_before_s", Seconds(0, 366 * DAY_S), "Warn so long before the limit, by the same clock; 0: do not."),
    Row(
        "clock",
        Choice(words_of(Node, "clock")),
        "`open`: the open hours of the queue count, so that Friday 17:55 and four hours is Monday; `always`: all do.",
    ),
    Row(
        "stops_when_pending",
        Names(3),
        "The clock stands still while the ticket is pending for one of these: customer, department, date.",
    ),
)
"""What a node and the end have alike."""

NODE = Section(
    "nodes",
    "A station of the path, in the order in which they are written: a ticket begins at the first one that is worked in "
    "the queue that it comes into.",
    (
        *STATION,
        Row("next", Name(), "Where a ticket goes unresolved: a node of the path, or `end`."),
        Row("next_by_code", NameByName(100, '{ spare_part = "stock" }'), "Where else with this outcome code."),
        Row("escalate_to", Name(), "Where a ticket goes at the limit: a node of the path, or `end`."),
    ),
    struct=Node,
    many=True,
)

WORDS = Section(
    "words",
    "What customers are told of their ticket. `{label}` is the node's label; `{by}` is `by` where there is a time to "
    "name, else nothing; `{due}` in `by` is that day and time.",
    (
        Row("waiting", Text(), "It waits in a line."),
        Row("in_work", Text(), "Somebody has it."),
        Row("pending_customer", Text(), "It is pending for the customer."),
        Row("pending_department", Text(), "It is pending for a department."),
        Row("pending_date", Text(), "It is pending for a date."),
        Row("solved", Text(), "It is solved."),
        Row("by", Text(), "By when there will be an answer."),
    ),
    struct=Words,
)

PATH = Section(
    "paths",
    "A path: through which hands a ticket goes until it is solved.",
    (
        Row("name", Name(), "The name that gateways use, where that is not the table's name."),
        Row("tenant", Name(), "Whose path it is: its queues and agents are of the same tenant."),
        Row("hops_max", Whole(1, 32), "Hops before the next one leads to the end.", unit="hops"),
        Row(
            "holder_first_s",
            Seconds(0, 7 * DAY_S),
            "How long a ticket that comes back (the answer is there, the date has come, it was reopened) waits for its "
            "holder, while signed in and not on a break, before it is anybody's of the node.",
        ),
    ),
    struct=TicketPath,
    sections=(
        Section(
            "end",
            "The path's end, with a named owner: nothing leaves it unresolved. Where a node is not there any more, its "
            "tickets come here.",
            STATION,
            struct=Node,
        ),
        WORDS,
        NODE,
    ),
    many=True,
)

TICKETS = File(
    "tickets.toml",
    "Tickets, and the paths that they go until they are solved. The file may be left out.",
    (
        Row(
            "reopen_days",
            Days(0, 366),
            "How long after its end a ticket can be reopened; `solved_max` limits how many are remembered.",
            unit="days",
            field="reopen_us",
        ),
    ),
    (PATH,),
    core.Settings,
)
