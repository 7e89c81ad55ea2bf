"""The settings of `[reload]`: how another version of the configuration comes into force while the daemon runs."""

from __future__ import annotations

from router.config import model
from router.config.kinds.fields import Choice, Seconds, Whole
from router.config.rows import Row, Section, words_of

RELOAD = Section(
    "reload",
    "How a changed configuration comes into force while the daemon runs, and what is kept of those before.",
    (
        Row(
            "watch",
            Choice(words_of(model.Reload, "watch")),
            "Whether the directory is watched. `off`: it is read when somebody asks. `pending`: a change is checked, "
            "logged and shown by `status`. `apply`: and put in force by itself, unless somebody who waits would be "
            "sent away or could be served by nobody.",
        ),
        Row(
            "look_s",
            Seconds(0.1, 3_600),
            "How often it is looked at: names, sizes and times only. A change counts once it has stood still for that "
            "long.",
        ),
        Row(
            "versions_most",
            Whole(2, 1_000),
            "Versions kept in the state directory, with their files, to go back to.",
            unit="versions",
            hot=False,
        ),
    ),
    struct=model.Reload,
)
