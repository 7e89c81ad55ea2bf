"""Virtual waits: how long a contact would have waited with endless patience, which is what an estimate is judged by.

Who hangs up leaves a ghost. Its wait is over when an agent who could have served it takes somebody who ranks after it,
or finds nobody. A few contacts are followed, not all of them; who they are depends on the moment only, never on how
long they will wait.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from router.core.estimates.state import GHOSTS_MOST, HAUNTED_MOST, JUDGED, SAID_MOST, Said
from router.core.special import is_test
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Agent, Contact
    from router.core.estimates.view import View
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.world import World

GHOST_MOST_US = 4 * 3600 * SECOND_US
"""A virtual wait longer than this is none: the queue was closed meanwhile."""


def follow(world: World, view: View) -> None:
    """The last contact in a line that was just estimated is one whose estimate will be judged."""
    estimates, line = world.estimates, view.line
    entry = line.order.last
    made = view.trajectory
    if entry is None or made is None or len(estimates.said) >= SAID_MOST or entry[1] <= view.newest:
        return
    contact: Contact = entry[2]
    view.newest = entry[1]
    if (
        contact.main is not None
        or contact.direct is not None
        or contact.state != "waiting"
        or is_test(contact)
        or contact in estimates.said
    ):
        return
    said = made.prediction(len(line.order))
    # Where nobody is there, the wait depends on when somebody really comes.
    if made.agents > 0 and said.flow_s < view.settings.wait_max_s:
        estimates.said[contact] = Said(view.service, line.queue, world.now_us, said)


def say_over(world: World, contact: Contact, queue: Queue) -> None:
    """A contact that was told something is answered."""
    estimates = world.estimates
    said = estimates.said.pop(contact, None)
    if said is not None and said.queue is queue:
        _judge(world, said)


def haunt(world: World, contact: Contact, hung_up: bool) -> None:
    """A contact that was told something has left: its virtual wait goes on if it hung up while it stood in its line."""
    estimates = world.estimates
    said = estimates.said.pop(contact, None)
    line = contact.line
    if said is None or line is None or not hung_up or said.queue is not contact.queue:
        return
    ghosts = estimates.ghosts.get(line)
    if ghosts is None:
        if len(estimates.ghosts) >= HAUNTED_MOST:
            return
        ghosts = estimates.ghosts[line] = []
    if len(ghosts) < GHOSTS_MOST:
        insort(ghosts, (contact.key_us, contact.number, said))


def took(world: World, agent: Agent, contact: Contact) -> None:
    """An agent takes a contact: ghosts whom they could have served, and who rank before it, have waited long enough."""
    profile, line = agent.profile, contact.line
    if profile is None or line is None:
        return
    now_us = world.now_us
    urgency = line.urgency(contact.key_us, now_us)
    for haunted in list(world.estimates.ghosts):
        if profile not in haunted.needs.levels or haunted.contact_class < line.contact_class:
            continue
        if haunted.contact_class > line.contact_class:
            _release(world, haunted, now_us)
        elif haunted is line:
            _release(world, haunted, contact.key_us)
        else:
            # Who ranks before: boost + (now - key) / target is more.
            _release(world, haunted, now_us - int((urgency - haunted.boost) / haunted.per_us))


def idle(world: World, agent: Agent) -> None:
    """An agent looked for a contact and found nobody: whom they could have served need not have waited longer."""
    profile = agent.profile
    if profile is not None:
        for haunted in list(world.estimates.ghosts):
            if haunted.needs.channel in agent.places and profile in haunted.needs.levels:
                _release(world, haunted, world.now_us)


def _release(world: World, line: Line, before_us: int) -> None:
    """The virtual waits of this line's ghosts with a key before that are over."""
    ghosts = world.estimates.ghosts[line]
    count = 0
    while count < len(ghosts) and ghosts[count][0] < before_us:
        _judge(world, ghosts[count][2])
        count += 1
    del ghosts[:count]
    if not ghosts:
        del world.estimates.ghosts[line]


def _judge(world: World, said: Said) -> None:
    """The wait is known. What is made of it is done in a slice."""
    estimates = world.estimates
    wait_us = world.now_us - said.at_us
    if wait_us <= GHOST_MOST_US:
        estimates.lives.append((JUDGED, said.service, said.prediction, wait_us))
        estimates.wake(world)
