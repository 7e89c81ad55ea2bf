"""The outside ledger sees what it is there for, and nothing else."""

from collections.abc import Callable

import pytest

from router.core.effects import Offer
from router.core.engine import Engine
from router.core.settings import Settings
from router.trace.replay.ledger import Ledger
from router.trace.replay.watch import Watch

LINE = ("PS", "voice")


def ledger() -> Ledger:
    """Two agents of 100 units who serve PS; a call takes 100 units, a chat 25."""
    serves = {"ANN": frozenset(["PS"]), "BOB": frozenset(["PS"])}
    return Ledger({"ANN": 100, "BOB": 100}, serves, {"voice": 100, "chat": 25})


def offer(contact: str, agent: str = "ANN", number: int = 1, queue: str = "PS", channel: str = "voice") -> Offer:
    """An offer as the gateway hears it."""
    return Offer(f"1-{number}", contact, "trace", queue, channel, agent, agent, "trace", 20_000, 0)


def waiting(*contacts: str) -> Ledger:
    """These wait in one line, in this order."""
    books = ledger()
    for key_us, contact in enumerate(contacts):
        books.enter(contact, LINE, key_us)
    return books


def in_order(books: Ledger) -> None:
    books.offer(offer("a"))
    books.end("a")
    books.offer(offer("b", "ANN", 2))
    books.end("b")


def put_back(books: Ledger) -> None:
    books.offer(offer("a"))
    books.put_back("1-1", "a")
    books.offer(offer("a", "BOB", 2))
    books.offer(offer("b", "ANN", 3))
    books.end("b")
    books.end("a")


def left_while_waiting(books: Ledger) -> None:
    books.end("a")
    books.offer(offer("b"))
    books.end("b")


def offered_twice(books: Ledger) -> None:
    books.offer(offer("a"))
    books.offer(offer("a", "BOB", 2))


def second_before_first(books: Ledger) -> None:
    books.offer(offer("b"))


def passed_after_put_back(books: Ledger) -> None:
    books.offer(offer("a"))
    books.put_back("1-1", "a")
    books.offer(offer("b", "BOB", 2))


def two_calls_at_once(books: Ledger) -> None:
    books.offer(offer("a"))
    books.offer(offer("b", "ANN", 2))


def refused(books: Ledger) -> None:
    books.offer(offer("a"))
    books.accepted(offer("a"), taken=False)


def ended_twice(books: Ledger) -> None:
    books.end("a")
    books.end("a")


def entered_twice(books: Ledger) -> None:
    books.enter("a", LINE, 9)


def other_queue(books: Ledger) -> None:
    books.enter("c", ("NE", "voice"), 0)
    books.offer(offer("c", queue="NE"))


def nobody_ended(books: Ledger) -> None:
    books.close(accepted=2, ended=0, live=2)


def lost_by_the_engine(books: Ledger) -> None:
    books.end("a")
    books.end("b")
    books.close(accepted=2, ended=1, live=0)


@pytest.mark.parametrize(
    ("story", "broken"),
    [
        (in_order, set()),
        (put_back, set()),
        (left_while_waiting, set()),
        (offered_twice, {"I3"}),
        (second_before_first, {"I6"}),
        (passed_after_put_back, {"I6"}),
        (two_calls_at_once, {"I5"}),
        (refused, {"I4"}),
        (ended_twice, {"I1"}),
        (entered_twice, {"I1"}),
        (other_queue, {"I9"}),
        (nobody_ended, {"I1"}),
        (lost_by_the_engine, {"I1"}),
    ],
)
def test_each_story(story: Callable[[Ledger], None], broken: set[str]) -> None:
    """Each story breaks exactly the invariants beside it."""
    books = waiting("a", "b")
    story(books)
    assert set(books.violations) == broken, books.first


def test_chats_fit_together() -> None:
    """Four chats fill an agent; the fifth is too much."""
    books = ledger()
    for number in range(5):
        books.enter(f"c{number}", ("PS", "chat"), number)
        assert not books.violations
        books.offer(offer(f"c{number}", number=number, channel="chat"))
    assert books.violations == {"I5": 1}


def test_few_words_many_counts() -> None:
    """However much is broken, only the first are told in words."""
    books = ledger()
    for number in range(1_000):
        books.end(f"c{number}")
    assert books.violations["I1"] == 1_000
    assert len(books.first) == 20


def test_the_world_is_watched_too() -> None:
    """What the inside check finds is counted beside what the ledger finds; switched off it finds nothing."""
    engine = Engine(Settings(), epoch=1)
    engine.activate(0)
    engine.world.live = 3
    for on, broken in ((False, set()), (True, {"I1"})):
        books = ledger()
        Watch(engine.world, books, on).whole()
        assert set(books.violations) == broken
