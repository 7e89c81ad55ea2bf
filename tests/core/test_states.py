"""The tables of the life cycles: whole, reachable, and the only way to move."""

from __future__ import annotations

from typing import get_args

import pytest

from router import terms
from router.core.states import AGENT, CONTACT, OFFER, TABLES, Table, move
from router.errors import IllegalMove

FIRST = {"contact": "new", "offer": "new", "agent": "offline"}


class Thing:
    """Something with a state."""

    def __init__(self, state: str) -> None:
        self.state = state


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_a_row_and_is_reached(name: str) -> None:
    """An event leads to a state of the same table, and every state is reached from the first."""
    table = TABLES[name]
    assert {target for row in table.values() for target in row.values()} <= set(table)
    reached = {FIRST[name]}
    while True:
        further = {target for state in reached for target in table[state].values()} - reached
        if not further:
            break
        reached |= further
    assert reached == set(table)


@pytest.mark.parametrize("name", ["contact", "offer"])
def test_every_life_comes_to_an_end(name: str) -> None:
    """From every state of a contact or an offer there is a way to a state without events."""
    table = TABLES[name]
    ending = {state for state, row in table.items() if not row}
    while True:
        further = {state for state, row in table.items() if ending & set(row.values())} - ending
        if not further:
            break
        ending |= further
    assert ending == set(table)


@pytest.mark.parametrize(
    ("table", "words"),
    [(CONTACT, terms.ContactStateName), (OFFER, terms.OfferStateName), (AGENT, terms.AgentStateName)],
)
def test_states_are_words_of_the_vocabulary(table: Table[str], words: object) -> None:
    """What a record and a message call a state is what the table calls it; `new` is never told."""
    assert set(table) - {"new"} == set(get_args(words))


def test_moving() -> None:
    """An event of the row leads on; any other is a mistake of ours, and changes nothing."""
    thing = Thing("waiting")
    move(CONTACT, thing, "offer")
    assert thing.state == "offered"
    with pytest.raises(IllegalMove):
        move(CONTACT, thing, "close")
    assert thing.state == "offered"
