"""Notices for people outside: kept until whoever delivers them says what became of them.

The core writes them down and emits them; the daemon delivers (`router/webhooks`). Where nobody delivers they do not
pile up: beyond `notices_max` the oldest is given up, and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from router.core import audit
from router.core.effects import NoticeOut
from router.core.entity import Entity
from router.core.internal import NoticeDone, NoticesAgain

if TYPE_CHECKING:
    from router.core.layers.layer import Source
    from router.core.world import World

OUTBOX: Final = "*outbox"
"""The address of what is delivered outside: *outbox."""


class Notice(Entity, eq=False, gc=False):
    """One message to one webhook."""

    number: int
    tenant: str
    webhook: str
    source: str
    text: str
    utc_s: int

    @property
    def key(self) -> str:
        """Its number."""
        return str(self.number)


def post(world: World, source: Source, webhook: str, text: str) -> None:
    """Write one down."""
    notice = Notice(world.number(), source.tenant, webhook, str(source), text, world.utc_s)
    world.layers.notices[notice.number] = notice
    world.changed[notice] = None
    if len(world.layers.notices) > world.settings.limits.notices_max:
        done(world, next(iter(world.layers.notices)), "too many wait")
    emit(world, notice)


def emit(world: World, notice: Notice) -> None:
    """Give it to whoever delivers."""
    world.effects.append((OUTBOX, out(notice)))


def out(notice: Notice) -> NoticeOut:
    """As it goes out."""
    return NoticeOut(notice.number, notice.tenant, notice.webhook, notice.source, notice.text, notice.utc_s)


def again(world: World) -> None:
    """The engine was away: what was not delivered by then is given out again, under the same numbers."""
    for notice in world.layers.notices.values():
        emit(world, notice)


def told(world: World, command: NoticeDone | NoticesAgain) -> None:
    """Whoever delivers is there, or says what became of one."""
    if isinstance(command, NoticesAgain):
        again(world)
    else:
        done(world, command.number, command.failed)


def done(world: World, number: int, failed: str = "") -> None:
    """It was delivered, or given up for this reason."""
    notice = world.layers.notices.pop(number, None)
    if notice is None:
        return
    world.changed.pop(notice, None)
    world.dropped.append(("notice", notice.key))
    if failed:
        world.tally.notices_lost += 1
        audit.note(
            world, notice.tenant, notice.source, failed, "notice_lost", notice.webhook, {}, {"text": notice.text}
        )
    else:
        world.tally.notices_delivered += 1
