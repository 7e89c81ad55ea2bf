"""The rows of a queue's announcements in `queues.toml`: its schedule, and how a wait is told."""

from __future__ import annotations

from router.config.catalogue.machine import DAY_S
from router.config.kinds.announcements import Keys, Minutes, Parameters
from router.config.kinds.fields import Choice, Flag, Name, Names, Number, Seconds, Text, Whole
from router.config.rows import Row, Section, words_of
from router.core.announcements import settings as core

PARAMETERS_MAX = 16
"""More is a form, not an announcement."""
MINUTES_MOST = 600
BUCKETS_MAX = 24
POSITIONS_MOST = 1_000_000

WHEN = Section(
    "when",
    "The condition of an announcement: all that is given must hold when its turn has come; where it does not, it is "
    "looked at again after 15 s.",
    (
        Row("waited_from_s", Seconds(0, DAY_S), "The contact has waited so long."),
        Row("waited_to_s", Seconds(0, DAY_S), "It has waited no longer; 0: however long."),
        Row("position_from", Whole(0, POSITIONS_MOST), "It is at this place, or behind it.", unit="place"),
        Row("position_to", Whole(0, POSITIONS_MOST), "It is at this place or before it; 0: wherever.", unit="place"),
        Row("p50_from_s", Seconds(0, DAY_S), "The median of the expected wait is so long."),
        Row("p50_to_s", Seconds(0, DAY_S), "It is no longer; 0: whatever it is."),
        Row("p80_from_s", Seconds(0, DAY_S), "The 80th percentile of the expected wait is so long."),
        Row("p80_to_s", Seconds(0, DAY_S), "It is no longer; 0: whatever it is."),
        Row("confidence", Choice(words_of(core.When, "confidence")), "How well the wait is known at least."),
        Row(
            "state",
            Choice(words_of(core.When, "state")),
            "Of the queue: it lets contacts in, or does not, or nobody able is signed in.",
        ),
        Row("if_none_free", Flag(), "Nobody who is able is free."),
        Row(
            "if_service_level_below",
            Number(0, 1),
            "The queue's service level over `level_window_s` is known and below this; 0: whatever it is.",
            unit="share",
        ),
    ),
    struct=core.When,
)

ANNOUNCE = Section(
    "announce",
    "One announcement of the queue's schedule, `[[queues.NAME.announce]]`: at most 16, in an order that counts where "
    "two have their turn at once. See [announcements](announcements.md).",
    (
        Row(
            "kind",
            Choice(words_of(core.AnnounceRow, "kind")),
            "`estimate`: the wait, as `announcing` says how; `position`: the place alone; `keys`: what the customer "
            "may press; `message`: one of your own, or without `message` what a plan has set for the queue.",
        ),
        Row("text", Name(), "What the gateway says, by a name that it knows; needed, and none twice in a queue."),
        Row("at_s", Seconds(0, DAY_S), "So long after the contact came to wait."),
        Row("every_s", Seconds(0, DAY_S), "Again so long after it was said last; 0: once."),
        Row("interruptible", Flag(), "It may be cut short, by a key or by the agent."),
        Row("keys", Keys(), "Keys that the customer may press from then on, and what they do."),
        Row("message", Text(64), "Of kind `message`: which."),
        Row("parameters", Parameters(PARAMETERS_MAX), "What the message's text is filled with."),
    ),
    struct=core.AnnounceRow,
    sections=(WHEN,),
    each=True,
)

ANNOUNCING = Section(
    "announcing",
    "How a wait is told by the rows of kind `estimate` and `position`, and how often anything is said.",
    (
        Row("channels", Names(16, least=1), "Channels whose contacts are told anything."),
        Row("first_after_s", Seconds(0, 600), "No wait is told sooner after the contact came to wait."),
        Row("interval_s", Seconds(1, 3_600), "Between two times at which a wait is told."),
        Row("gap_s", Seconds(1, 3_600), "Between any two announcements."),
        Row(
            "quiet_before_take_s",
            Seconds(0, 600),
            "After the first announcement nothing is said to whom an agent is expected to take within this.",
        ),
        Row("next_below_s", Seconds(0, 600), "An expected wait below this is told as `next`."),
        Row(
            "percentile",
            Choice(words_of(core.AnnounceRules, "percentile")),
            "What is promised: so many of a hundred wait no longer.",
        ),
        Row(
            "buckets_min",
            Minutes(1, MINUTES_MOST, BUCKETS_MAX),
            "Waits that may be told; longer than the last is `over`.",
            unit="min",
        ),
        Row(
            "raise_after_s",
            Seconds(0, 3_600),
            "A promise is told anew, once, when half of such contacts wait so much longer than what is left of it, and "
            "`raise_ratio` times as long.",
        ),
        Row("raise_ratio", Number(1, 100), "See `raise_after_s`.", unit="times"),
        Row(
            "interval_ratio_max",
            Number(1, 100),
            "A wait whose p90 is more than so many times its p10 is not told as a time.",
            unit="times",
        ),
        Row(
            "low_confidence",
            Choice(words_of(core.AnnounceRules, "low_confidence")),
            "What an `estimate` says while the wait is not known well.",
        ),
        Row("next_text", Name(), "Said in place of an `estimate`'s text for `next`."),
        Row("over_text", Name(), "For a wait that is longer than the last bucket."),
        Row("position_text", Name(), "For the place alone."),
    ),
    struct=core.AnnounceRules,
)
