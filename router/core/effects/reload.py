"""What supervisors are told of the configuration."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from router.core.effects.base import Reply


class ChangeShown(Struct, omit_defaults=True, gc=False):
    """One difference."""

    kind: Literal["added", "removed", "changed"]
    """`added` and `removed` may be a whole queue or agent."""
    path: str
    """The setting or the entity: `queues.loans.ring_s`, `agents.ann`."""
    words: str
    """All of it in a line."""
    restart: bool = False
    """It takes effect at the next start."""


class Consequence(Struct, omit_defaults=True, gc=False):
    """What a change would do to those who wait and work now."""

    kind: str
    """`unroutable`, `sent_away`, `rule_ends`, `plan_ends`, `said_otherwise`, `clash`, `queue_gone`, `over_capacity` or
    `signed_out`."""
    words: str
    """With how many of what: `12 waiting would have nobody signed in who can serve them`."""
    count: int
    """How many."""
    stops: bool = False
    """`apply` refuses because of it, unless it is told to go on."""
    examples: list[str] = []
    """Some of them by name."""


class Reloaded(Reply, tag="reloaded"):
    """What would change, or has."""

    done: bool
    """It is in force now."""
    version: int
    """In force now."""
    digest: str
    """A name for what is in force: the same for the same settings."""
    why: Literal["", "dry_run", "faults", "same", "unsafe", "failed", "not_kept"] = ""
    """Why it is not done: only asked; mistakes; it is in force already; people would be hurt; the check did not come to
    an end; the version could not be kept on the disk."""
    new_digest: str = ""
    """Of what would be in force, or is now."""
    changes: list[ChangeShown] = field(default_factory=list)
    """A page of them, by path."""
    changes_total: int = 0
    """How many there are in all."""
    faults: list[str] = field(default_factory=list)
    """Mistakes and warnings of the check, at most 100."""
    consequences: list[Consequence] = field(default_factory=list)
    """What it would do to those who wait and work now, or would have done."""
    by_hand: list[str] = field(default_factory=list)
    """What people have set by hand and this version leaves as it is: queues, skills of agents, plans that they have
    started, and rules and plans that they have paused."""
    trial_ms: int = 0
    """A trial runs: so long until the version of before comes back by itself."""


class VersionShown(Struct, omit_defaults=True, gc=False):
    """One kept version."""

    version: int
    """Its number: it only ever rises."""
    digest: str
    """The same for the same settings."""
    utc_s: int
    """When it came into force, Unix time."""
    how: Literal["start", "apply", "signal", "watch", "rollback"]
    """By a start, `apply`, SIGHUP, watching the directory, or as an earlier version that came back."""
    who: str = ""
    """Empty: nobody said."""
    why: str = ""
    """Their reason."""
    of: int = 0
    """The version that came back, for `rollback`."""


class VersionsReply(Reply, tag="versions"):
    """The kept versions, oldest first."""

    current: int
    """In force now."""
    versions: list[VersionShown]
    """Each with who brought it."""
    trial_ms: int = 0
    """A trial runs: so long until `back_to` comes back by itself."""
    back_to: int = 0
    """The version before a trial."""
    pending: str = ""
    """What lies in the directory and is not in force, in words; empty: nothing."""
