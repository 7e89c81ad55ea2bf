"""The rows of a queue's steps: how its needs give way by wait."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.fields import Flag, Number, Seconds, Whole
from router.config.kinds.needs import Needs
from router.config.rows import Row, Section
from router.core.needs import asked as core
from router.terms import LEVEL_MAX

RELAX = Section(
    "relax",
    "A step by which the queue's needs give way, `[[queues.NAME.relax]]`: at most 4, by rising wait. A later step "
    "takes the place of those before it. One with conditions waits until all of them hold, and is then not taken back.",
    (
        Row("after_s", Seconds(0.1, 366 * DAY_S), "From this wait on."),
        Row("needs", Needs(), "These needs, in the place of those before."),
        Row("also", Needs(), "Who meets these may take it as well."),
        Row(
            "language_level",
            Whole(0, LEVEL_MAX),
            "From now on the contact's language with this level at least; 0: any language. Not given: as before.",
            unit="level",
        ),
        Row("if_none_free", Flag(), "Only once nobody who is able so far is free."),
        Row(
            "if_service_level_below",
            Number(0, 1),
            "Only once the queue's service level over `level_window_s` is known and below this; 0: whatever it is.",
            unit="share",
        ),
    ),
    struct=core.Step,
    each=True,
)
