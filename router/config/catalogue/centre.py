"""The rows of `queues.toml` and `agents.toml`: channels, services, teams and people.

They fill the core's own settings; bounds are chosen so that whatever passes is legal for the core. All of it
is hot.
"""

from __future__ import annotations

from router.config.catalogue.announcements import ANNOUNCE, ANNOUNCING
from router.config.catalogue.balance import BALANCE, SERVICE_LEVEL
from router.config.catalogue.calendars import CALENDAR_FILE
from router.config.catalogue.callbacks import CALLBACK, TOKENS
from router.config.catalogue.channels import AGENT_CHANNELS, CHANNEL_ROWS
from router.config.catalogue.direct import DIRECT
from router.config.catalogue.ewt import EWT
from router.config.catalogue.machine import DAY_S, SWITCHBOARD
from router.config.catalogue.needs import RELAX
from router.config.catalogue.plans import PLANS
from router.config.catalogue.repeats import AGAIN, REPEAT
from router.config.catalogue.routes import ROUTES
from router.config.catalogue.rules import RULES
from router.config.catalogue.tickets import TICKETS
from router.config.catalogue.treatments import TREATMENTS, WRAP_UP
from router.config.kinds.fields import (
    Checked,
    Choice,
    Flag,
    Levels,
    Name,
    Names,
    Number,
    Seconds,
    Text,
    Whole,
    csv_name,
)
from router.config.kinds.names import NameByName
from router.config.kinds.needs import Languages, Needs
from router.config.kinds.tickets import NameOrNone
from router.config.rows import File, Row, Section, words_of
from router.config.zones import zone_wrong
from router.core import settings as core

SKILLS_PER_AGENT_MAX = 200
"""More is a mistake in a spreadsheet, not a person."""

RING_SEVERAL_MAX = 20
"""Each agent rung at once is capacity that is not there for others, and a round of messages."""

ENGINE_REASONS = ("login", "missed")
"""Not-ready reasons that the engine gives itself."""


CHANNELS = Section(
    "channels",
    "What one contact of a channel takes of an agent, and how its offers ring. voice, chat, email, "
    "ticket and "
    "callback exist from the start; the defaults below are those of voice and of any new channel.",
    (
        Row(
            "units",
            Whole(1, 10_000),
            "Capacity that one contact takes of an agent, from offer to the end of wrap-up. An agent has 100 "
            "unless it is set otherwise, so 25 means four at once.",
            unit="capacity units",
        ),
        Row(
            "ring_s",
            Seconds(1, 7 * DAY_S),
            "How long an offer waits for an answer before it counts as a miss.",
        ),
        Row(
            "connect_s",
            Seconds(1, 3_600),
            "Accepted, and neither connected nor failed for this long: back to its place.",
        ),
        Row(
            "misses_to_not_ready",
            Whole(1, 100),
            "Misses in a row that make an agent not-ready.",
            unit="misses",
        ),
        Row(
            "most_at_once",
            Whole(1, 10_000),
            "Contacts of this channel that one agent may hold, whatever their units.",
            unit="contacts",
        ),
        Row(
            "open_hours",
            Flag(),
            "Contacts of this channel wait over closing: they are let in at any time, and their wait, urgency, target "
            "and limits count only the open hours of their queue's calendar.",
        ),
        *CHANNEL_ROWS,
        Row(
            "backoff_reject_s",
            Seconds(0, DAY_S),
            "For how long an agent who rejects an offer is given no other, of any queue; 0: not at all.",
        ),
        Row("backoff_busy_s", Seconds(0, DAY_S), "The same for an agent whose device is busy."),
        Row("backoff_no_answer_s", Seconds(0, DAY_S), "The same for an agent who does not answer."),
        Row(
            "kept_without_gateway",
            Flag(),
            "Those who wait are kept however long their gateway is away, and though its list does not name them: no "
            "person hangs on the line. true for ticket.",
        ),
    ),
    struct=core.Channel,
    many=True,
)

TARGET_CLASSES = Section(
    "target_classes",
    "Named service-level targets that queues share: at most 16 different targets in all.",
    (Row("target_s", Seconds(0.1, 366 * DAY_S), "The wait within which a contact should be answered."),),
    struct=core.Queue,
    many=True,
)

QUEUE = Section(
    "queues",
    "A queue: a named service.",
    (
        Row("name", Name(), "The name that gateways use, where that is not the table's name."),
        Row("tenant", Name(), "Whose queue it is: only agents and clients of the same tenant meet it."),
        Row("channels", Names(16, least=1), "Kinds of contact that it takes."),
        Row(
            "needs",
            Needs(),
            "What an agent must have: skills, each with the least level; or the long form with `all`, `any`, `not`, "
            "`prefer`, `languages`, `attributes`, `team`: see [routing](routing.md#needs).",
        ),
        Row(
            "language_level",
            Whole(0, 10),
            "The contact's language, where it has one, is needed with this level at least; 0: it is not asked.",
            unit="level",
        ),
        Row(
            "preferred_for_s",
            Seconds(0, 366 * DAY_S),
            "For so long only those take a contact whom `prefer` names; 0: they come first, and who is free takes it "
            "at once.",
        ),
        Row(
            "level_window_s",
            Seconds(12, 7 * DAY_S),
            "The service level that steps of `relax` wait on is that of so much time past.",
        ),
        Row(
            "target_class",
            Name(),
            "The service-level target, by name: one of `target_classes`. Give this or `target_s`.",
        ),
        Row("target_s", Seconds(0.1, 366 * DAY_S), "The service-level target: answered within this wait."),
        SERVICE_LEVEL,
        Row(
            "contact_class",
            Whole(0, 9),
            "Strict precedence over everything of a lower class. 0 unless the service is an emergency.",
            unit="class",
        ),
        Row(
            "boost",
            Number(-100, 100),
            "Added to the urgency of its contacts: 1 is worth one whole target of waiting.",
            unit="targets",
        ),
        Row(
            "order",
            Choice(words_of(core.Queue, "order")),
            "`urgency`: by wait against target; `oldest`: by arrival alone; `newest`: the last to come is first.",
        ),
        Row(
            "agent_choice",
            Choice(words_of(core.Queue, "agent_choice")),
            "Which of several free agents takes the next contact.",
        ),
        Row("open", Flag(), "Closed, it lets nobody in: see the treatment `closed`."),
        Row("calendar", Text(64), "Its hours: a calendar of calendars.toml. None given: it is always open."),
        Row(
            "last_admission_s",
            Seconds(0, DAY_S),
            "So long before closing nobody is let in any more: see the treatment `closed`.",
        ),
        Row(
            "last_admission_by_estimate",
            Flag(),
            "Nobody is let in whose turn is expected to come after closing (and `serve_out_s` more).",
        ),
        Row(
            "serve_out_s",
            Seconds(0, DAY_S),
            "So long after closing those who wait are still served; then they get the treatment `at_closing`. Without "
            "such a treatment they are served to the last.",
        ),
        Row(
            "enter_unstaffed",
            Flag(),
            "Let contacts in while nobody able is signed in (e-mail over night); else see the treatment `nobody`.",
        ),
        Row("pick", Flag(), "Agents may take its contacts by hand (`pick`), also while they are not ready for offers."),
        Row(
            "waiting_max",
            Whole(0, 1_000_000),
            "Contacts that may wait; above it see the treatment `full`.",
            unit="contacts",
        ),
        Row("wait_most_s", Seconds(0, 366 * DAY_S), "Longest wait before `waited_too_long`; 0: no limit."),
        Row("held_most_s", Seconds(1, DAY_S), "Longest time that a gateway may hold a contact back."),
        Row("ring_s", Seconds(0, 7 * DAY_S), "Ring time of this queue's offers; 0: the channel's."),
        Row(
            "ring_several",
            Whole(1, RING_SEVERAL_MAX),
            "Agents who are rung at the same time; the first to accept has the contact.",
            unit="agents",
        ),
        Row(
            "miss_hold_s",
            Seconds(0, DAY_S),
            "For how long an agent who missed a contact is passed over for it, while others are able.",
        ),
        Row(
            "backoff_reject_s",
            Seconds(0, DAY_S),
            "For how long an agent who rejects an offer of this queue is given no other at all; 0: the channel's.",
        ),
        Row("backoff_busy_s", Seconds(0, DAY_S), "The same for an agent whose device is busy."),
        Row("backoff_no_answer_s", Seconds(0, DAY_S), "The same for an agent who does not answer."),
        Row(
            "codes",
            Names(500),
            "Outcome codes that an agent may give; none listed: any.",
        ),
        Row("whisper", Text(200), "Said or shown to the agent before the customer is joined."),
        Row("time_zone", Checked("time zone", zone_wrong, 64), "Where its half-hours and days begin."),
        Row("ticket_path", NameOrNone(), "The path of its tickets that name none: one of `paths` in tickets.toml."),
        Row(
            "ticket_due_s",
            Seconds(0, 366 * DAY_S),
            "When its tickets are due that say nothing of it, in open hours where their node counts those; 0: never.",
        ),
    ),
    struct=core.Queue,
    sections=(WRAP_UP, TREATMENTS, RELAX, CALLBACK, TOKENS, AGAIN, DIRECT, ANNOUNCING, ANNOUNCE),
    many=True,
)

QUEUES = File(
    "queues.toml",
    "Channels, targets and services.",
    (
        Row(
            "oldest_target_s",
            Seconds(0.1, 366 * DAY_S),
            'The target by which queues of `order = "oldest"` are compared with others.',
        ),
        Row(
            "short_abandon_s",
            Seconds(0, 3_600),
            "Who hangs up sooner than this does not count in service level.",
        ),
        Row(
            "hops_max",
            Whole(0, 16),
            'Queues that one contact is sent on to by treatments with do = "queue", at entry and again while it '
            "waits. 0: nothing is sent on, and the gateway is told the queue.",
            unit="queues",
        ),
        Row("blocked_customers", Names(100_000), "Customers that are not let in: see the treatment `blocked`."),
        Row(
            "contact_skills",
            Names(1_000),
            "Skills that gateways ask for contact by contact (a product, say), so that the checker does not "
            "take them for spelling mistakes where no queue needs them.",
        ),
    ),
    (CHANNELS, TARGET_CLASSES, REPEAT, EWT, BALANCE, QUEUE),
    core.Settings,
)

TEAMS = Section(
    "teams",
    "Teams, and what is the same for their people. Once one is listed, every team of an agent must be.",
    (
        Row("tenant", Name(), "The tenant of its agents."),
        Row(
            "capacity_units",
            Whole(1, 10_000),
            "Capacity of its agents, where theirs is not set.",
            unit="capacity units",
        ),
    ),
    struct=core.Agent,
    many=True,
)

AGENT = Section(
    "agents",
    "An agent: a person, whatever device they use.",
    (
        Row("name", Name(), "The name that they log in with, where that is not the table's name."),
        Row("tenant", Name(), "The team's, where it is not set."),
        Row("team", Name(), "Their team."),
        Row("skills", Levels(SKILLS_PER_AGENT_MAX), "What they can, and how well: 1 (learner) to 10."),
        Row("languages", Languages(50), "What they speak, and how well; one that is only listed has level 10."),
        Row("attributes", NameByName(20, '{ site = "north" }', "attributes"), "Anything else that needs may ask for."),
        Row(
            "capacity_units",
            Whole(1, 10_000),
            "Work at a time: the sum of the units of what they hold. The team's, where it is not set.",
            unit="capacity units",
        ),
    ),
    struct=core.Agent,
    sections=(AGENT_CHANNELS,),
    many=True,
)

AGENTS = File(
    "agents.toml",
    "Teams and people.",
    (
        Row(
            "not_ready_reasons",
            Names(100),
            "Reasons for a break. `login` and `missed` must be among them: the engine gives those itself.",
        ),
        Row(
            "break_resets_idle",
            Flag(),
            "A break starts an agent's idle time anew; false: it runs from the end of the last contact.",
        ),
        Row(
            "include_csv",
            Checked("file name", csv_name, 255),
            "A table of agents and skills in this directory, as `switchboard agents export` writes it.",
        ),
    ),
    (TEAMS, AGENT),
    core.Settings,
)

FILES = (SWITCHBOARD, QUEUES, ROUTES, CALENDAR_FILE, AGENTS, TICKETS, PLANS, RULES)
"""Every file that this release knows."""

LATER_FILES = ("sites.toml", "kpis.toml")
"""Files of the plan that this release does not know: refused, so that nobody believes them to be in force."""
