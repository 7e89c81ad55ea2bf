"""The rows of a queue's call-backs and place tokens in `queues.toml`."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Choice, Flag, Names, Seconds, Whole
from router.config.rows import Row, Section, words_of
from router.core.callbacks import settings as core

PREFIXES_MAX = 200
"""More is a table of tariffs, which belongs to the exchange."""
YEAR_S = 366 * DAY_S

CALLBACK = Section(
    "callback",
    "Call-backs: who waits may hang up and keep the place. Taken where `numbers` names what may be dialled and "
    "`channels` has `callback`; agents take them on endpoints of that channel.",
    (
        Row(
            "mode",
            Choice(words_of(core.CallbackRules, "mode")),
            "`customer_first`: the customer is dialled when an agent is about to come free, and waits the rest on the "
            "line; `agent_first`: an agent is offered the call-back with its number, and the customer is dialled once "
            "they accept.",
        ),
        Row(
            "numbers",
            Names(PREFIXES_MAX),
            'Prefixes that may be dialled, such as "+49". None: no call-backs, since whoever rings may leave any '
            "number and dialling costs money.",
        ),
        Row("numbers_barred", Names(PREFIXES_MAX), "Prefixes among those that may not be dialled: premium numbers."),
        Row(
            "dialling_s",
            Seconds(0, 600),
            "What it usually takes until the customer answers: dialled once the expected wait is no longer than that.",
        ),
        Row("dial_most_s", Seconds(5, 600), "A try whose result the gateway has not told by then has failed."),
        Row("tries", Whole(1, 100), "How often the customer is dialled at most.", unit="tries"),
        Row("pause_s", Seconds(0, 7 * DAY_S), "Between two tries."),
        Row(
            "no_answer",
            Choice(words_of(core.CallbackRules, "no_answer")),
            "After a try that did not reach the customer: `keep` the place, go to the `front`, or `expire` at once.",
        ),
        Row(
            "agent_most_s",
            Seconds(0, YEAR_S),
            "How long one that belongs to an agent waits for them before anybody able may take it.",
        ),
        Row("open_most", Whole(0, 100_000), "Open call-backs at a time.", unit="call-backs"),
        Row("lasts_s", Seconds(60, YEAR_S), "For how long it is tried where the customer has said no end."),
    ),
    struct=core.CallbackRules,
)

TOKENS = Section(
    "tokens",
    "Place tokens: whoever shows one takes that place back, on any channel of the queue, known or not. A call-back has "
    "one in any case.",
    (
        Row("give", Flag(), "Give every contact that waits a token with `queued`."),
        Row("lasts_s", Seconds(1, YEAR_S), "How long a token can be used."),
        Row(
            "cut_off_kept_s",
            Seconds(0, 3_600),
            "How long the place of one who was cut off is kept for the token; no longer than `ended_kept_s`.",
        ),
    ),
    struct=core.TokenRules,
)
