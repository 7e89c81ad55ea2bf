"""What a lifecycle does for the estimates: a count, a tuple, a look whether somebody was promised something.

Everything else is done later (`slices.py`). Test calls are left out. Above the sampling rate only every n-th life is
handed over, and stands for n.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core.estimates.state import ANSWERED, GONE, LEG, LIVES_MOST, LIVES_WAKE
from router.core.estimates.virtual import haunt, say_over
from router.core.special import is_test

if TYPE_CHECKING:
    from router.core.entities import Contact, Offer
    from router.core.estimates.state import Estimates
    from router.core.line import Line
    from router.core.world import World


def waits(world: World, line: Line) -> None:
    """Somebody has come to wait in a line."""
    estimates = world.estimates
    if estimates.on and not estimates.quiet and line not in estimates.due:
        view = estimates.views.get(line)
        if view is None or world.now_us >= view.rests_us:
            estimates.want(world, line)


def taken(world: World, offer: Offer) -> None:
    """A contact was accepted: its wait is over."""
    estimates, contact = world.estimates, offer.contact
    if estimates.said:
        say_over(world, contact, offer.queue)
    if estimates.on:
        estimates.visits += 1
        if estimates.visits % estimates.stride == 0 and (contact.extra is None or not is_test(contact)):
            rang_us = world.now_us - offer.made_us
            _tell(world, estimates, (ANSWERED, offer.queue, offer.channel, contact.waited_us, rang_us))


def leg_over(world: World, offer: Offer, talk_us: int, wrap_up_us: int) -> None:
    """An agent is done with a contact they talked to, which is no test. Time on hold is talk here: it keeps the agent
    as well."""
    estimates = world.estimates
    if estimates.on:
        estimates.legs += 1
        if estimates.legs % estimates.stride == 0:
            _tell(world, estimates, (LEG, offer.queue, offer.channel, talk_us, wrap_up_us))


def gone(world: World, contact: Contact, outcome: str) -> None:
    """A contact left its line unanswered."""
    estimates = world.estimates
    hung_up = outcome in ("abandoned", "abandoned_in_offer")
    if estimates.said:
        haunt(world, contact, hung_up)
    if estimates.on:
        estimates.visits += 1
        if estimates.visits % estimates.stride == 0 and (contact.extra is None or not is_test(contact)):
            _tell(world, estimates, (GONE, contact.queue, contact.channel, contact.waited_us, hung_up))


def _tell(world: World, estimates: Estimates, life: tuple[Any, ...]) -> None:
    """Hand over a life, where there is room."""
    waiting = len(estimates.lives)
    if waiting >= LIVES_MOST:
        estimates.missed += 1
        return
    estimates.lives.append(life)
    if waiting >= LIVES_WAKE or not estimates.due_us:
        estimates.wake(world)
