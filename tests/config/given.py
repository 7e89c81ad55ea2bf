"""Small configurations as texts, and the way to check them without a disk."""

from pathlib import Path

from router.config import Configuration, Fault, Report, Surroundings, check_texts

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "config"

MACHINE = "[listen]\ntrust_loopback = true\n"

QUEUES = """\
[queues.cards]
needs = { cards = 3 }

[queues.loans]
channels = ["voice", "chat"]

[queues.loans.needs]
loans = 5
german = 2
"""

AGENTS = """\
[teams.front]

[agents.anna]
team = "front"
skills = { cards = 5, loans = 6, german = 9 }

[agents.ben]
team = "front"
capacity_units = 50

[agents.ben.skills]
cards = 3
"""

WHOLE = {"switchboard.toml": MACHINE, "queues.toml": QUEUES, "agents.toml": AGENTS}
"""Three files without a fault."""

AROUND = Surroundings(Path("/etc/switchboard"), {"STATE_DIRECTORY": "/var/lib/switchboard"})


def checked(texts: dict[str, str], around: Surroundings = AROUND) -> Report:
    """The report on `texts`; a file that is not in them is the whole configuration's."""
    return check_texts(WHOLE | texts, around=around)


def right(texts: dict[str, str], around: Surroundings = AROUND) -> Configuration:
    """The configuration of `texts`, which must have no error."""
    report = checked(texts, around)
    assert report.configuration is not None, "\n".join(map(str, report.faults))
    return report.configuration


def the_fault(texts: dict[str, str], around: Surroundings = AROUND) -> Fault:
    """The one fault of `texts`."""
    faults = checked(texts, around).faults
    assert len(faults) == 1, "\n".join(map(str, faults)) or "no fault"
    return faults[0]


def sample() -> dict[str, str]:
    """The texts of the sample centre."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*.toml"))}
