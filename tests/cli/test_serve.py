"""`switchboard serve`, as far as it needs no daemon: how it begins, and what it refuses."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Switchboard


def test_the_daemon_begins_without_what_only_listeners_and_posts_take() -> None:
    """The HTTP library is taken along when clients may connect already, and by the first notice that is posted."""
    code = "import sys, router.daemon; print('aiohttp' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_serve_refuses_a_wrong_configuration(switchboard: Switchboard, tmp_path: Path) -> None:
    """Nothing is started, and the exit code is the one at which a service manager gives up."""
    before = gc.get_freeze_count()
    result = switchboard("serve", "--config", tmp_path)
    assert result.exit_code == 78
    # What was imported and read is out of the collector's sight, and it goes on.
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
    gc.unfreeze()
    assert "switchboard check" in result.stderr
