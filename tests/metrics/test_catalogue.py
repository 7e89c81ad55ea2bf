"""The catalogue: names, and that a bad row can't be made."""

import pytest

from router.core.states import CONTACT
from router.metrics.catalogue import CATALOGUE
from router.metrics.queue_rows import STATES
from router.metrics.rows import Row
from router.metrics.text import Kind
from tests.metrics.driven import Driven, families, text_of


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("contacts_total", "counter", "Has no prefix."),
        ("switchboard_Contacts_total", "counter", "Has a capital."),
        ("switchboard_ended_contacts", "counter", "Is a counter without _total."),
        ("switchboard_waiting_contacts_total", "gauge", "Is no counter."),
        ("switchboard_wait", "gauge", "Ends in no unit."),
        ("switchboard_wait_milliseconds", "gauge", "Ends in no base unit."),
        ("switchboard_wait_seconds", "gauge", "Help is no sentence"),
    ],
)
def test_a_bad_row_is_refused(name: str, kind: Kind, told: str) -> None:
    """A row with a name or help against the rules fails when it is made, not in somebody's dashboard."""
    with pytest.raises(AssertionError):
        Row[None](name, kind, told, lambda _: 1)


def test_the_label_of_buckets_is_not_ours() -> None:
    """No row takes `le`, which histograms need."""
    with pytest.raises(AssertionError):
        Row[None]("switchboard_wait_seconds", "gauge", "Wait.", lambda _: {}, ("le",))


def test_every_row_is_in_the_text_as_declared() -> None:
    """Names, types and labels of the text are those of the catalogue, and nothing else of ours is in it."""
    driven = Driven()
    driven.sign_in("agent1")
    found = families(text_of(driven.sources()))
    declared = {entry.name.removesuffix("_total"): entry for entry in CATALOGUE}
    ours = {name: family for name, family in found.items() if name.startswith("switchboard_")}
    assert len(ours) > 30
    for name, family in ours.items():
        entry = declared[name]
        assert family.type == entry.kind
        assert family.documentation == entry.help
        for sample in family.samples:
            assert tuple(label for label in sample.labels if label != "le") == entry.labels


def test_every_lasting_state_of_a_contact_is_shown() -> None:
    """A state added to the table is a state to be counted, except the first and the last, which do not last."""
    assert set(STATES) == set(CONTACT) - {"new", "ended"}
