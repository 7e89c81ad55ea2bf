"""Counting a visit in the figures of its queue and segment: when talk begins, and when it is over.

A contact is counted once, in the queue where it is then. `docs/figures.md` says what each figure means.
"""

from __future__ import annotations

from router.core import flow
from router.core.entities import Contact
from router.core.places.several import all_had
from router.core.special import answered_before, is_test
from router.core.talks.written import count_unreplied, is_done_with
from router.core.tally import add_wait
from router.core.world import World


def count_answered(world: World, contact: Contact) -> None:
    """Count an answered contact, at the moment when talk begins: waits and service level are known then. Its target is
    its segment's where that has one."""
    if is_test(contact):
        return
    queue, waited_us = contact.queue, contact.waited_us
    tally = queue.tally
    segment = world.routing.segment_of(contact)
    target_us = queue.settings.target_us
    if segment is not None:
        target_us = segment.target_us or target_us
        of_segment = world.routing.tallies[segment.tenant, segment.name]
        of_segment.answered += 1
        of_segment.counted += 1
        of_segment.answered_wait_us += waited_us
        of_segment.answered_in_target += waited_us <= target_us
        of_segment.overdue += 0 < segment.tolerance_us < waited_us
    add_wait(tally.answered_wait, waited_us)
    tally.counted += 1
    in_target = waited_us <= target_us
    if in_target:
        tally.answered_in_target += 1
    if queue.level is not None or queue.share is not None or queue.flows or segment is not None:
        flow.count_answered(world, queue, segment, in_target)


def count_ended(world: World, contact: Contact) -> None:
    """Count a visit that is over in its present queue."""
    if is_test(contact):
        return
    tally, outcome = contact.queue.tally, contact.outcome or "withdrawn"
    key = (contact.channel, outcome)
    tally.ended[key] = tally.ended.get(key, 0) + 1
    if contact.extra is not None:
        for name in all_had(contact):
            elsewhere = world.queues.get((contact.peer.tenant, name))
            if elsewhere is not None:
                elsewhere.tally.elsewhere += 1
    abandoned = outcome in ("abandoned", "abandoned_in_offer")
    counts = abandoned and contact.waited_us > world.settings.short_abandon_us
    if abandoned:
        add_wait(tally.abandoned_wait, contact.waited_us)
        tally.counted += counts
    segment = world.routing.segment_of(contact)
    if counts:
        flow.count_abandoned(world, contact.queue, segment)
    if segment is not None and outcome not in ("answered", "moved"):
        of_segment = world.routing.tallies[segment.tenant, segment.name]
        of_segment.abandoned += abandoned
        of_segment.counted += counts
        of_segment.overdue += 0 < segment.tolerance_us < contact.waited_us
    if contact.extra is not None and answered_before(contact) and not is_done_with(contact):
        tally.legs += 1
    channel = world.channels.get(contact.channel)
    if channel is not None and channel.activity_reported:
        count_unreplied(world, contact, outcome)
