"""What the daemon itself tells the core: commands that are not on the wire."""

from __future__ import annotations

from msgspec import Struct

from router.core.audit import Deed
from router.terms import Role


class GatewayUp(Struct, tag="gateway_up", tag_field="t", gc=False):
    """A client was let in under its name: the engine listens to it from now on."""

    instance: str
    role: Role = "gateway"
    reports_ringing: bool = False
    reports_connecting: bool = True
    dials: bool = False
    confirms: bool = False
    sends: bool = False


class GatewayDown(Struct, tag="gateway_down", tag_field="t", gc=False):
    """The connection of that name is gone."""

    reason: str = "closed"


class Restarted(Struct, tag="restarted", tag_field="t", gc=False):
    """The engine itself was away: nobody could be heard since the time of the records."""


class StoodStill(Struct, tag="stood_still", tag_field="t", gc=False):
    """The process itself was stopped, or busy with something else, for so long: what was said meanwhile lies unread."""

    for_us: int


class Configure(Struct, tag="configure", tag_field="t", gc=False):
    """Switch to the settings version that was handed to the engine under this number."""

    version: int
    deed: Deed | None = None
    """Who brought it and why, for the audit."""


class Did(Struct, tag="did", tag_field="t", gc=False):
    """Somebody did something to the daemon itself by hand: for the audit only."""

    deed: Deed


class Secret(Struct, tag="secret", tag_field="t", gc=False):
    """What place tokens are made with, drawn by chance. The first one of a site is kept for good."""

    secret: bytes


class StoreHealth(Struct, tag="store_health", tag_field="t", gc=False):
    """The store does not take what is committed (`away`), or does again: told when that changes, for rules only."""

    away: bool


class NoticeDone(Struct, tag="notice_done", tag_field="t", gc=False):
    """A notice was delivered; or was given up, and why."""

    number: int
    failed: str = ""


class NoticesAgain(Struct, tag="notices_again", tag_field="t", gc=False):
    """Somebody delivers from now on: give out what is kept."""


class WallClock(Struct, tag="wall_clock", tag_field="t", gc=False):
    """Once a second: the wall clock in UTC seconds, for calendars only; no decision about waiting uses it."""

    utc_s: int
