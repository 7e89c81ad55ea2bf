"""docs/operations.md says what the code does: exit codes, store errors, log events to alert on."""

from __future__ import annotations

import re
import signal

from router.daemon import exits
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def sources(*folders: str) -> str:
    """The code of these packages."""
    paths = sorted(path for folder in folders for path in (ROOT / "router" / folder).glob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def first_cells() -> set[str]:
    """Everything that stands in the first column of a table."""
    cells = re.findall(r"^\| ([^|]+) \|", PAGE, flags=re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"[\w.+]+", cell)}


def test_every_exit_code_is_on_the_page() -> None:
    """And no code that we don't have."""
    codes = {int(cell) for cell in first_cells() if cell.isdigit()}
    assert codes == set(exits.EXITS)


def test_every_error_of_a_store_is_on_the_page() -> None:
    """Each code with which a store can be refused has its row with what to do."""
    code = sources("store", "daemon")
    refused = set(re.findall(r"StoreUnusable\(\s*\"(\w+)\"", code)) - {"store_unknown"}
    assert len(refused) > 5
    assert refused - first_cells() == set()


def test_every_alarm_is_on_the_page() -> None:
    """What is logged as an error while it runs, or ends it, stands in the table of events, or its exit code
    does."""
    alarms = set(re.findall(r"_log\.error\(\s*\"(\w+)\"", sources("daemon")))
    said = {word for word in alarms if f"`{word}`" in PAGE}
    assert len(alarms) > 8
    # These come with a start that is refused: its exit code and the line's own remedy say it all.
    at_start = {"speed_refused", "store_unusable", "cannot_listen", "start_failed", "stopped_at_once"}
    assert alarms - said <= at_start | {"service_not_stopped"}


def test_the_signals_are_those_that_are_handled() -> None:
    """The table of signals names the three that the daemon takes."""
    code = sources("daemon")
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        assert f"signal.{name}" in code
        assert name in PAGE
        assert hasattr(signal, name)
