"""The judge of `play`: each kind of fault is seen, and an orderly day is none."""

from collections.abc import Callable

import pytest

from router.cli.play.ledger import Ledger

Tale = Callable[[Ledger], None]


def served(ledger: Ledger) -> None:
    """One visit from its arrival to the end of wrap-up."""
    ledger.asked("c1", "cards", 0)
    ledger.acknowledged("c1")
    ledger.offered("o1", "c1", "anna", across=True)
    ledger.taken("anna", "c1", "o1")
    ledger.joined("c1", "anna", 5)
    ledger.ended("c1", "answered", 9)
    ledger.released("anna", "c1")
    ledger.told("c1", "answered")


def waiting(ledger: Ledger, contact: str = "c2") -> None:
    """A visit that waits."""
    ledger.asked(contact, "cards", 0)
    ledger.acknowledged(contact)


def test_an_orderly_day() -> None:
    """Answered, abandoned in an offer, withdrawn, refused at the door: nothing to complain of."""
    ledger = Ledger()
    served(ledger)
    waiting(ledger)
    ledger.offered("o2", "c2", "bob", across=False)
    ledger.offer_over("o2", "c2")
    ledger.offered("o3", "c2", "anna", across=False)
    ledger.taken("anna", "c2", "o3")
    ledger.told("c2", "abandoned_in_offer")
    ledger.released("anna", "c2")
    ledger.ended("c2", "abandoned", 30)
    waiting(ledger, "c3")
    ledger.ended("c3", "withdrawn", 40)
    ledger.told("c3", "withdrawn")
    ledger.asked("c4", "cards", 50)
    ledger.refused("c4", "full")
    ledger.close()
    assert ledger.clean
    assert ledger.as_json() == {"lost": 0, "doubled": 0, "unexpected": 0, "unknown": 0, "first": []}
    assert (ledger.offers, ledger.across) == (3, 1)


def never_ends(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.close()


def given_up(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.told("c2", "lost_with_gateway")
    ledger.ended("c2", "abandoned", 9)


def never_answered(ledger: Ledger) -> None:
    ledger.asked("c2", "cards", 0)
    ledger.close()


def two_offers(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.offered("o1", "c2", "anna", across=False)
    ledger.offered("o2", "c2", "bob", across=False)


def offered_while_talking(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.joined("c2", "anna", 3)
    ledger.offered("o2", "c2", "bob", across=False)


def two_agents(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.joined("c2", "anna", 3)
    ledger.joined("c2", "bob", 4)


def two_takers(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.taken("anna", "c2", "o1")
    ledger.taken("bob", "c2", "o1")


def two_contacts(ledger: Ledger) -> None:
    waiting(ledger)
    waiting(ledger, "c3")
    ledger.taken("anna", "c2", "o1")
    ledger.taken("anna", "c3", "o2")


def ends_twice(ledger: Ledger) -> None:
    served(ledger)
    ledger.ended("c1", "answered", 10)


def reported_twice(ledger: Ledger) -> None:
    served(ledger)
    ledger.told("c1", "answered")


def offer_of_a_ghost(ledger: Ledger) -> None:
    served(ledger)
    ledger.offered("o9", "c1", "bob", across=False)


def offer_of_a_stranger(ledger: Ledger) -> None:
    ledger.offered("o9", "c9", "bob", across=False)


def another_outcome(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.ended("c2", "abandoned", 9)
    ledger.told("c2", "answered")


def never_reported(ledger: Ledger) -> None:
    waiting(ledger)
    ledger.ended("c2", "abandoned", 9)
    ledger.close()


def kept_in_hand(ledger: Ledger) -> None:
    served(ledger)
    ledger.taken("anna", "c1", "o1")
    ledger.close()


@pytest.mark.parametrize(
    ("tale", "kind"),
    [
        (never_ends, "lost"),
        (given_up, "lost"),
        (never_answered, "unknown"),
        (two_offers, "doubled"),
        (offered_while_talking, "doubled"),
        (two_agents, "doubled"),
        (two_takers, "doubled"),
        (two_contacts, "doubled"),
        (ends_twice, "doubled"),
        (reported_twice, "doubled"),
        (offer_of_a_ghost, "unexpected"),
        (offer_of_a_stranger, "unexpected"),
        (another_outcome, "unexpected"),
        (never_reported, "unexpected"),
        (kept_in_hand, "unexpected"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_each_fault_is_seen(tale: Tale, kind: str) -> None:
    """The judge counts exactly one fault of the right kind, and keeps it in words."""
    ledger = Ledger()
    tale(ledger)
    assert dict(ledger.faults) == {kind: 1}
    assert ledger.first[0].startswith(f"{kind}: ")
    assert not ledger.clean


def test_after_a_kill_the_engine_may_have_said_it_to_nobody() -> None:
    """What a monitor would have heard while the engine died is no fault; what its gateway knows still counts."""
    ledger = Ledger()
    ledger.gaps = 1
    waiting(ledger)
    ledger.ended("c2", "abandoned", 9)
    waiting(ledger, "c3")
    ledger.close()
    assert dict(ledger.faults) == {"lost": 1}


def test_a_new_connection_forgets_offers_that_are_over() -> None:
    """After a sync the engine's list of offers is the truth, whatever was heard before."""
    ledger = Ledger()
    waiting(ledger)
    ledger.offered("o1", "c2", "anna", across=False)
    ledger.stated("c2", None)
    ledger.offered("o2", "c2", "bob", across=False)
    assert ledger.clean
