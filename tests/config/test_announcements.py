"""Announcements in `queues.toml`: what a schedule says, and what is wrong with one."""

import pytest

from router.config import check_texts
from router.config.compare import diff
from router.core.announcements.settings import AnnounceRow, AnnounceRules, When
from tests.config.given import AROUND, WHOLE, checked, right, the_fault

QUEUES = WHOLE["queues.toml"]
SCHEDULE = """
[[queues.loans.announce]]
kind = "welcome"
text = "hello"

[[queues.loans.announce]]
kind = "keys"
text = "keys"
at_s = 30
keys = { 2 = "queue:cards", 1 = "leave" }
when = { position_from = 2, p80_from_s = 60 }

[queues.loans.announcing]
interval_s = 90
buckets_min = [1, 5, 10]
"""


def row(text: str) -> dict[str, str]:
    """Files in which the queue for loans has one such row, or these tables."""
    table = text if text.startswith("[") else f"[[queues.loans.announce]]\n{text}"
    return {"queues.toml": QUEUES + "\n" + table}


def test_a_schedule_is_read_in_its_order() -> None:
    """Rows keep the order of the file; keys are sorted; what is not given has the core's defaults."""
    queues = right({"queues.toml": QUEUES + SCHEDULE}).settings.queues
    loans = next(queue for queue in queues if queue.name == "loans")
    assert loans.announce == (
        AnnounceRow("hello", "welcome"),
        AnnounceRow(
            "keys", "keys", 30_000_000, 0, When(position_from=2, p80_from_us=60_000_000),
            keys=(("1", "leave"), ("2", "queue:cards")),
        ),
    )  # fmt: skip
    assert loans.announcing == AnnounceRules(interval_us=90_000_000, buckets_min=(1, 5, 10))
    assert next(queue for queue in queues if queue.name == "cards").announce == ()


@pytest.mark.parametrize(
    ("text", "path", "what", "remedy"),
    [
        ('kind = "comfort"\n', "announce[1]", "says nothing", "add text"),
        ('text = "a b"\n', "announce[1].text", "which is no name", "use 1 to 64"),
        ('kind = "comfrt"\ntext = "a"\n', "announce[1].kind", 'is "comfrt"', "did you mean comfort?"),
        ('text = "a"\n[[queues.loans.announce]]\ntext = "a"\n', "announce[2].text", "another row", "of its own"),
        ('kind = "keys"\ntext = "a"\n', "announce[1]", "offers no keys", "add keys"),
        ('text = "a"\nkeys = { x = "leave" }\n', "announce[1].keys.x", "no key of a telephone", "0 to 9"),
        ('text = "a"\nkeys = { 1 = "dance" }\n', "announce[1].keys.1", "which no key does", "queue:NAME"),
        ('text = "a"\nkeys = { 1 = "queue" }\n', "announce[1].keys.1", "which no key does", "queue:NAME"),
        ('text = "a"\nkeys = { 1 = "leave:now" }\n', "announce[1].keys.1", "which no key does", "leave"),
        ('text = "a"\nkeys = { 1 = "queue:cardz" }\n', "announce[1].keys.1", "cardz", "did you mean cards?"),
        ('text = "a"\nkeys = { 1 = "queue:loans" }\n', "announce[1].keys.1", "same queue", "another queue"),
        ('text = "a"\nkeys = { 1 = "callback" }\n', "announce[1].keys.1", "no call-backs", 'add "callback"'),
        ('text = "a"\nkeys = [1]\n', "announce[1].keys", "not a table", "write it as"),
        ('text = "a"\nmessage = "m"\n', "announce[1].message", 'kind is not "message"', "take it out"),
        ('kind = "message"\ntext = "a"\nparameters = { x = "1" }\n', "announce[1].parameters", "no message", "add"),
        ('text = "a"\nparameters = 3\n', "announce[1].parameters", "not a table", "write it as"),
        ('text = "a"\nwhen = { position_from = 3, position_to = 2 }\n', "announce[1].when.position_to", "ends", "it"),
        ('text = "a"\nwhen = { p50_from_s = 9, p50_to_s = 8 }\n', "announce[1].when.p50_to_s", "ends", "raise"),
        ('text = "a"\nwhen = { colour = 1 }\n', "announce[1].when.colour", "is not a setting", ""),
        ('text = "a"\n[queues.loans.announcing]\nbuckets_min = [5, 1]\n', "announcing.buckets_min", "rise", "rising"),
        ('text = "a"\n[queues.loans.announcing]\nbuckets_min = "1"\n', "announcing.buckets_min", "not a", "rising"),
        ('text = "a"\n[queues.loans.announcing]\nchannels = ["email"]\n', "announcing.channels", "no effect", "voice"),
        ('text = "a"\n[queues.loans.announcing]\ninterval_s = 3\n', "announcing.interval_s", "shorter", "raise"),
        ('text = "a"\n[queues.loans.announcing]\ngap_s = 90\n', "announcing.gap_s", "shorter", "raise"),
        ("[queues.loans.announcing]\ngap_s = 9\n", "announcing", "announces nothing", "add [[queues"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, path: str, what: str, remedy: str) -> None:
    """Each names the setting, what is wrong and what to do."""
    report = checked(row(text))
    found = [fault for fault in report.faults if fault.path.startswith(f"queues.loans.{path}")]
    assert found, report.faults
    assert what in found[0].what
    assert remedy in found[0].remedy


def test_a_schedule_has_a_limit() -> None:
    """A look at a contact costs a little for each row."""
    rows = "\n".join(f'[[queues.loans.announce]]\ntext = "t{number}"\n' for number in range(17))
    fault = the_fault({"queues.toml": f"{QUEUES}\n{rows}"})
    assert (fault.path, fault.remedy) == ("queues.loans.announce", "use at most 16")


def test_a_change_of_a_schedule_is_shown() -> None:
    """An operator sees what a reload would change, in the words of the file."""
    old = right({"queues.toml": QUEUES + SCHEDULE})
    new = right({"queues.toml": QUEUES + SCHEDULE.replace("at_s = 30", "at_s = 45")})
    assert check_texts({**WHOLE, "queues.toml": QUEUES + SCHEDULE}, around=AROUND).faults == ()
    shown = [str(change) for change in diff(old, new)]
    assert any("announce" in line and "45" in line for line in shown), shown
