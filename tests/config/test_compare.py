"""What differs between two configurations, their names, and their bytes."""

import pytest
from msgspec.structs import replace

from router.config import Change, Configuration, Report, diff, digest, from_bytes, tables, to_bytes
from router.config.compare import SECRET
from router.config.model import Peer
from tests.config.given import AGENTS, MACHINE, QUEUES, checked, right, sample

OLD = right({})


def changed(name: str, text: str, old: str, new: str) -> Configuration:
    """The configuration with one piece of one file exchanged."""
    assert old in text
    return right({name: text.replace(old, new, 1)})


DIFFERENCES = [
    ("switchboard.toml", MACHINE, "[listen]", "[limits]\nsuspend_s = 2.5\n[listen]",
     Change("changed", "limits.suspend_s", 30, 2.5)),
    ("switchboard.toml", MACHINE, "[listen]", "[listen]\nport = 7",
     Change("changed", "listen.port", 7450, 7, restart=True)),
    ("switchboard.toml", MACHINE, "[listen]", 'site = "two"\n[listen]',
     Change("changed", "site", "main", "two", restart=True)),
    ("queues.toml", QUEUES, "[queues.cards]", "[queues.cards]\nring_s = 25",
     Change("changed", "queues.cards.ring_s", 0, 25)),
    ("queues.toml", QUEUES, "german = 2", "german = 3", Change("changed", "queues.loans.needs.german", 2, 3)),
    ("queues.toml", QUEUES, "german = 2", "", Change("removed", "queues.loans.needs.german", 2)),
    ("queues.toml", QUEUES, "[queues.cards]", '[queues.cards]\ntreatments.full.do = "callback"',
     Change("added", "queues.cards.treatments.full", None, {"do": "callback", "to": ""})),
    ("queues.toml", QUEUES, "[queues.cards]", 'blocked_customers = ["17"]\n[queues.cards]',
     Change("changed", "blocked_customers", [], ["17"])),
    ("queues.toml", QUEUES, "[queues.cards]", "[channels.chat]\nmost_at_once = 2\n[queues.cards]",
     Change("changed", "channels.chat.most_at_once", 100, 2)),
    ("agents.toml", AGENTS, "capacity_units = 50", "capacity_units = 75",
     Change("changed", "agents.ben.capacity_units", 50, 75)),
    ("agents.toml", AGENTS, "[teams.front]", "break_resets_idle = false\n[teams.front]",
     Change("changed", "break_resets_idle", True, False)),
    ("agents.toml", AGENTS, "[agents.ben]", '[agents.bill]\nteam = "front"\n[agents.ben]',
     Change("added", "agents.bill", None,
            {"tenant": "main", "team": "front", "skills": {}, "languages": {}, "attributes": {},
             "capacity_units": 100})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "old", "new", "change"), DIFFERENCES)
def test_one_change_is_one_difference(name: str, text: str, old: str, new: str, change: Change) -> None:
    """Path, old and new as the file says them, and whether it needs a restart; the other way round it is undone."""
    configuration = changed(name, text, old, new)
    assert diff(OLD, configuration) == [change]
    (back,) = diff(configuration, OLD)
    assert (back.path, back.old, back.new) == (change.path, change.new, change.old)
    assert digest(configuration) != digest(OLD)


def test_a_configuration_does_not_differ_from_itself() -> None:
    """Nor from a later number of the same."""
    later = replace(OLD, settings=replace(OLD.settings, version=9))
    assert diff(OLD, OLD) == diff(OLD, later) == []
    assert digest(later) == digest(OLD)


def test_a_change_reads_as_a_line() -> None:
    """For `switchboard diff`."""
    assert str(Change("changed", "listen.port", 1, 2, restart=True)) == (
        "changed listen.port: 1 -> 2 (needs a restart)"
    )
    assert str(Change("removed", "queues.x", {})) == "removed queues.x"
    assert str(Change("added", "queues.x", None, 5)) == "added queues.x: 5"


def test_keys_differ_unseen() -> None:
    """A new key is a difference; neither key is in the difference, in the tables or in what a struct shows."""
    old, new = (replace(OLD, peers=(Peer("pbx", "acme", key=key),)) for key in (b"old" * 6, b"new" * 6))
    assert diff(old, new) == [Change("changed", 'peers."acme/pbx".key', SECRET, SECRET)]
    for shown in (repr(old), repr(tables(old)), str(diff(OLD, old)), repr(Report(old, ()))):
        assert "oldold" not in shown
    assert digest(old) == digest(new)


def test_bytes_and_back() -> None:
    """A whole configuration, and a whole report, survive the way to another process."""
    found = right(sample())
    assert from_bytes(to_bytes(found)) == found
    for report in (checked(sample()), checked({"queues.toml": "["})):
        assert Report.from_bytes(report.to_bytes()) == report


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff" * 10, to_bytes(OLD)[:-1], b"\x81\xa8settings\x01"])
def test_other_bytes_are_refused(data: bytes) -> None:
    """What another process did not write as it should is a `ValueError`."""
    with pytest.raises(ValueError):  # noqa: PT011 - whatever msgspec says, it is one
        from_bytes(data)


def test_tables_say_everything_in_the_words_of_the_files() -> None:
    """Seconds, not microseconds; tables by name; other tenants before a slash."""
    text = QUEUES + '[queues.own]\nname = "cards"\ntenant = "acme"\ntarget_s = 1.5\n'
    found = tables(right({"queues.toml": text}))
    assert found["queues"]["cards"]["held_most_s"] == 300
    assert found["queues"]["acme/cards"]["target_s"] == 1.5
    assert found["queues"]["loans"]["needs"] == {"german": 2, "loans": 5}
    assert found["agents"]["ben"]["skills"] == {"cards": 3}
    assert found["limits"]["retry_s"] == 1
