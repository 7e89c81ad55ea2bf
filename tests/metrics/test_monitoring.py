"""Alerts and dashboard ask for nothing that is not in the catalogue: names, and the labels that they pick."""

from __future__ import annotations

import json
import re
from typing import Any

from router.metrics.catalogue import CATALOGUE
from tests.conftest import ROOT

ALERTS = (ROOT / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
DASHBOARD = json.loads((ROOT / "monitoring" / "dashboard.json").read_text(encoding="utf-8"))
TARGET = {"job", "instance"}
"""Labels that Prometheus gives itself."""


def expressions(dashboard: Any) -> list[str]:
    """All that its panels ask for."""
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]


def asked(text: str) -> list[tuple[str, set[str]]]:
    """(metric, the labels that its selector names) of each selector in PromQL."""
    found = re.findall(r"\b((?:switchboard|process)_[a-z_]+)(?:\{([^}]*)\})?", text)
    return [(name, set(re.findall(r"(\w+)(?:=~|!=|=)", labels))) for name, labels in found]


def faults(text: str) -> list[str]:
    """What a text asks for and nobody has."""
    entries = {entry.name: entry for entry in CATALOGUE}
    out = []
    for name, labels in asked(text):
        family = re.sub(r"_(bucket|sum|count)$", "", name) if name not in entries else name
        entry = entries.get(family)
        if entry is None or (family != name) != (entry.kind == "histogram"):
            out.append(name)
        elif not labels <= {*entry.labels, *TARGET, "le"}:
            out.append(f"{name}: {labels}")
    return out


def test_alerts_ask_for_what_there_is() -> None:
    """In expressions, and in the words that say where to look."""
    expressions_ = "\n".join(re.findall(r"expr: (?:>\n)?(.*?)\n        (?:for|labels)", ALERTS, re.DOTALL))
    assert len(asked(expressions_)) > 20
    assert faults(expressions_) == []
    assert faults(re.sub(r"\{\{.*?\}\}", "", "\n".join(re.findall(r"description: (.*)", ALERTS)))) == []


def test_the_dashboard_asks_for_what_there_is() -> None:
    """Every panel, and the lists of its variables; no two panels lie over one another or share a number."""
    assert faults("\n".join(expressions(DASHBOARD))) == []
    assert faults(json.dumps(DASHBOARD["templating"])) == []
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) == 23
    assert all(panel["description"] for panel in panels if panel["type"] != "row")


def test_what_is_not_there_is_found() -> None:
    """The tests above can fail."""
    assert faults("rate(switchboard_arrivals_total[5m])") == ["switchboard_arrivals_total"]
    assert faults("switchboard_commit_seconds > 1") == ["switchboard_commit_seconds"]
    assert faults('switchboard_leader{queue="cards"}')
    assert faults('sum(switchboard_commit_seconds_bucket{le="1", job="x"})') == []
