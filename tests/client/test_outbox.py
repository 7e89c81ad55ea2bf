"""Numbers, time-outs, and what may be sent again."""

from __future__ import annotations

from router.client.outbox import Outbox, Outcome, Pending
from router.client.outcomes import Refused, Unknown
from router.wire.catalogue import Hold


def nothing(outcome: Outcome) -> None:
    """A `done` that is not looked at."""


def add(outbox: Outbox, now_s: float = 0.0, timeout_s: float = 10.0, **options: bool) -> Pending:
    pending = outbox.add(Hold(0, "c"), nothing, timeout_s, now_s, **options)
    assert pending is not None
    return pending


def sent(outbox: Outbox, **options: bool) -> Pending:
    pending = add(outbox, **options)
    outbox.number(pending)
    return pending


def test_numbers_are_given_when_a_message_is_sent() -> None:
    """From 1, each one more, in the order of sending and not of calling."""
    outbox = Outbox(10)
    first, second = add(outbox), add(outbox)
    outbox.number(second)
    outbox.number(first)
    assert (second.request.seq, first.request.seq) == (1, 2)
    assert outbox.last_number == 2


def test_what_was_not_sent_waits_in_order() -> None:
    """And is no part of what is sent again under its number."""
    outbox = Outbox(10)
    waiting, gone, later = add(outbox), sent(outbox), add(outbox)
    assert outbox.to_send() == [waiting, later]
    assert outbox.unanswered() == [gone]


def test_an_answered_message_is_never_sent_again() -> None:
    """The others keep the numbers that they had, in order."""
    outbox = Outbox(10)
    first, second, third = sent(outbox), sent(outbox), sent(outbox)
    assert outbox.answered(2) is second
    assert outbox.unanswered() == [first, third]
    assert [pending.request.seq for pending in outbox.unanswered()] == [1, 3]


def test_an_answer_counts_once() -> None:
    """The second answer to a number, or one to a number never given, finds nothing."""
    outbox = Outbox(10)
    sent(outbox)
    assert outbox.answered(1) is not None
    assert outbox.answered(1) is None
    assert outbox.answered(77) is None


def test_it_is_bounded() -> None:
    """Above `pending_max` nothing more is taken, sent or not, except what belongs to a connection."""
    outbox = Outbox(2)
    add(outbox)
    sent(outbox)
    assert outbox.add(Hold(0, "c"), nothing, 1.0, 0.0) is None
    assert add(outbox, of_connection=True) in outbox.to_send()


def test_time_outs_of_different_lengths() -> None:
    """Each message expires at its own time, whatever was added before it, and says whether it was sent."""
    outbox = Outbox(10)
    slow, quick = sent(outbox), add(outbox, timeout_s=1.0)
    assert outbox.expired(0.9) == []
    assert outbox.expired(1.0) == [(quick, Unknown("timed out", sent=False))]
    assert outbox.expired(10.0) == [(slow, Unknown("timed out", sent=True))]
    assert len(outbox) == 0
    assert outbox.unanswered() == outbox.to_send() == []


def test_a_parked_message_goes_again_under_a_new_number() -> None:
    """`busy` had no effect, and the engine takes only numbers that rise; so the old number is not used
    again."""
    outbox = Outbox(10)
    parked, later = sent(outbox), sent(outbox)
    assert outbox.park(1, Refused("busy")) is parked
    assert outbox.unanswered() == [later]
    assert outbox.to_send() == []
    assert outbox.unpark(parked)
    assert outbox.to_send() == [parked]
    outbox.number(parked)
    assert parked.request.seq == 3


def test_a_parked_message_that_expires_is_refused() -> None:
    """Nobody need wonder whether it was done: the engine said that it was not."""
    outbox = Outbox(10)
    parked = sent(outbox)
    outbox.park(1, Refused("busy", "store"))
    assert outbox.expired(10.0) == [(parked, Refused("busy", "store"))]
    assert not outbox.unpark(parked)


def test_what_came_before_the_sync_goes_first_after_it() -> None:
    """In the order in which it was sent, before whatever was called meanwhile; what expired is left out."""
    outbox = Outbox(10)
    first, second = sent(outbox), sent(outbox)
    expiring = add(outbox, timeout_s=1.0)
    outbox.number(expiring)
    called = add(outbox)
    for number in (1, 2, 3):
        outbox.hold_back(number, Refused("not_synced"))
    outbox.expired(1.0)
    assert outbox.to_send() == [first, second, called]


def test_what_belongs_to_a_connection_is_not_sent_on_the_next() -> None:
    """A list of what was alive is stale once the connection is gone."""
    outbox = Outbox(10)
    kept = sent(outbox)
    sent(outbox, of_connection=True)
    add(outbox, of_connection=True)
    outbox.drop_of_connection()
    assert outbox.unanswered() == [kept]
    assert outbox.to_send() == []
    assert len(outbox) == 1


def test_closing_leaves_nothing() -> None:
    """Every message gets an outcome when the client is closed."""
    outbox = Outbox(10)
    gone, parked, waiting = sent(outbox), sent(outbox), add(outbox)
    outbox.park(2, Refused("busy"))
    assert outbox.close("closed") == [
        (gone, Unknown("closed", sent=True)),
        (parked, Refused("busy")),
        (waiting, Unknown("closed", sent=False)),
    ]
    assert len(outbox) == 0
