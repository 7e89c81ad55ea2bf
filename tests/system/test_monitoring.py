"""What lies in `monitoring/` works: promtool reads it, each alert comes when it must, and none comes in quiet."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tests.metrics.test_monitoring import ALERTS, DASHBOARD, expressions

FOLDER = ROOT / "monitoring"


def run(promtool: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [promtool, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip


def test_each_alert_comes_when_it_must_and_none_in_quiet(promtool: str) -> None:
    """Each is played through by promtool, and all of them are looked at over an hour of nothing."""
    told = run(promtool, FOLDER, "test", "rules", "alerts_test.yml")
    assert told.returncode == 0, told.stdout + told.stderr
    played = (FOLDER / "alerts_test.yml").read_text(encoding="utf-8")
    names = re.findall(r"- alert: (\w+)", ALERTS)
    assert names == re.findall(r"^  - name: (Switchboard\w+)$", played, re.MULTILINE)
    assert names == re.findall(r"alertname: (\w+)\}", played)


def test_an_alert_that_does_not_come_is_seen(promtool: str, tmp_path: Path) -> None:
    """The test above can fail: with another bound one of them stays away."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "alerts.yml").write_text(
        ALERTS.replace("switchboard_urgency_ratio > 10", "switchboard_urgency_ratio > 20")
    )
    told = run(promtool, tmp_path, "test", "rules", "alerts_test.yml")
    assert told.returncode == 1
    assert "SwitchboardLongWait" in told.stdout + told.stderr


def test_every_panel_is_promql(promtool: str, tmp_path: Path) -> None:
    """Each expression of the dashboard, with its variables filled in, is read by promtool as a rule of its own."""
    rules = [
        {"record": f"panel:{number}", "expr": expr.replace("$job", "switchboard").replace("$queue", ".*")}
        for number, expr in enumerate(expressions(DASHBOARD))
    ]
    assert len(rules) > 30
    (tmp_path / "panels.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    told = run(promtool, tmp_path, "check", "rules", "panels.yml")
    assert told.returncode == 0, told.stdout + told.stderr
