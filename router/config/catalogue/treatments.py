"""The rows of a queue about what happens around a talk: after-contact work, and what is done with those who can't be
served."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Choice, Flag, Seconds, Text
from router.config.rows import Row, Section, words_of
from router.core import settings as core
from router.core.effects import Treatment

REASONS = (
    "closed",
    "blocked",
    "nobody",
    "full",
    "waited_too_long",
    "held_too_long",
    "nobody_left",
    "at_closing",
    "parked_too_long",
    "callback_expired",
)
"""For what a queue can have a treatment."""

WRAP_UP = Section(
    "wrap_up",
    "After-contact work of one channel of the queue; a channel that is not named has none.",
    (
        Row(
            "mode",
            Choice(words_of(core.WrapUp, "mode")),
            "`timed`: for `time_s`; `until_ready`: until the agent is ready, at most `most_s`.",
        ),
        Row("time_s", Seconds(0, DAY_S), "How long, where timed."),
        Row("most_s", Seconds(0, DAY_S), "The longest, with every extension."),
        Row("early_end", Flag(), "Where timed: the agent may end it by being ready."),
    ),
    struct=core.WrapUp,
    many=True,
)

TREATMENTS = Section(
    "treatments",
    "What happens to a contact that is not let in (`closed`, `blocked`, `nobody` able staffed, `full`) "
    "or can't be "
    "served any longer where it waits (`waited_too_long`, `held_too_long`, `nobody_left`, `at_closing`), and to a "
    "call-back that is given up (`callback_expired`). Not named: refused.",
    (
        Row(
            "do",
            Choice(words_of(Treatment, "do")),
            "What the gateway does with it. `queue` the engine does itself: it goes on there at once.",
        ),
        Row("to", Text(64), "The message, queue or mailbox."),
    ),
    struct=Treatment,
    many=True,
    keys=REASONS,
)
