"""Rounds of looks at schedules, and the messages that a plan wants said: what no story of a few contacts can show."""

from __future__ import annotations

from itertools import pairwise

from router.core import commands as ask
from router.core import settings as of
from router.core.announcements import announcing
from router.core.announcements.announcing import A_ROUND, PAUSE_US, Special, clear_special, set_special, specials
from router.core.announcements.settings import AnnounceRow, AnnounceRules
from router.core.effects import Announce
from router.terms import SECOND_US
from tests.core.drive import Centre

MANY = 5 * A_ROUND
NEWS = (AnnounceRow("news", "message", SECOND_US),)
RULES = AnnounceRules(gap_us=5 * SECOND_US)


def centre(rows: tuple[AnnounceRow, ...]) -> Centre:
    """A queue that lets in whoever comes, with this schedule; nobody serves it."""
    return Centre(of.Settings(queues=(of.Queue("sales", enter_unstaffed=True, announce=rows, announcing=RULES),)))


def pass_time(site: Centre, until_us: int) -> list[tuple[int, list[str]]]:
    """Let time pass as the daemon does. Returns who was told something in each step: (when, contacts)."""
    told = []
    while (next_us := site.engine.next_deadline_us()) is not None and next_us <= until_us:
        site.now_us = max(site.now_us, next_us)
        site.engine.tick(site.now_us)
        effects = [message for _, message in site.engine.take_effects() if isinstance(message, Announce)]
        if effects:
            told.append((site.now_us, [message.contact for message in effects]))
    site.now_us = max(site.now_us, until_us)
    return told


def test_a_storm_is_told_in_rounds_the_stalest_first() -> None:
    """Many whose turn comes at the same moment: at most a round of them a step, a pause between two rounds, everybody
    once, in the order in which they came."""
    site = centre((AnnounceRow("hello", "welcome", SECOND_US),))
    for number in range(MANY):
        site.call(f"c{number}", "sales")
    began_us = site.now_us
    told = pass_time(site, began_us + 10 * SECOND_US)
    assert [len(contacts) for _, contacts in told] == [A_ROUND] * 5
    assert [contact for _, contacts in told for contact in contacts] == [f"c{number}" for number in range(MANY)]
    times = [at_us for at_us, _ in told]
    assert times[0] == began_us + SECOND_US
    assert [after - before for before, after in pairwise(times)] == [PAUSE_US] * 4
    assert pass_time(site, began_us + 60 * SECOND_US) == []


def test_who_has_left_is_not_looked_at() -> None:
    """Looks of contacts that are gone are passed over, however many there are, and nobody is kept waiting by them."""
    site = centre((AnnounceRow("hello", "welcome", SECOND_US),))
    for number in range(MANY):
        site.call(f"c{number}", "sales")
        site.say(ask.End(0, f"c{number}"))
    site.call("last", "sales")
    began_us = site.now_us
    assert not [contact for contact in site.engine.world.announcing.hearers if contact.id != "last"]
    assert pass_time(site, began_us + 2 * SECOND_US) == [(began_us + SECOND_US, ["last"])]


def test_a_special_message_is_said_once_to_each_and_ends() -> None:
    """Set for a queue: who waits hears it, and who comes; nobody twice; from its end on nobody."""
    site = centre(NEWS)
    world = site.engine.world
    queue = world.queues["main", "sales"]
    site.call("c1", "sales")
    assert pass_time(site, site.now_us + 20 * SECOND_US) == []
    special = Special("storm", (("region", "north"),), site.now_us + 100 * SECOND_US)
    set_special(world, queue, special)
    assert specials(world, queue) == [special]
    site.call("c2", "sales")
    told = pass_time(site, site.now_us + 60 * SECOND_US)
    assert sorted(contact for _, contacts in told for contact in contacts) == ["c1", "c2"]
    assert pass_time(site, site.now_us + 30 * SECOND_US) == []
    pass_time(site, site.now_us + 20 * SECOND_US)
    assert specials(world, queue) == []
    site.call("c3", "sales")
    assert pass_time(site, site.now_us + 60 * SECOND_US) == []


def test_a_special_message_is_taken_back() -> None:
    """Cleared before a contact's turn has come it is not said; another one of the same id takes its place."""
    site = centre(NEWS)
    world = site.engine.world
    queue = world.queues["main", "sales"]
    set_special(world, queue, Special("storm"))
    set_special(world, queue, Special("storm", (("region", "south"),)))
    assert [dict(each.parameters) for each in specials(world, queue)] == [{"region": "south"}]
    clear_special(world, queue, "storm")
    clear_special(world, queue, "storm")
    assert not world.announcing.specials
    site.call("c1", "sales")
    assert pass_time(site, site.now_us + 60 * SECOND_US) == []


def test_limits_have_room_for_ten_thousand() -> None:
    """Rounds let through what ten thousand who wait in turn need: three looks each a minute."""
    assert announcing.A_ROUND * SECOND_US // announcing.PAUSE_US > 10_000 * 3 / 60
