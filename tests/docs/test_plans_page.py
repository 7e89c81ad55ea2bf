"""The page on plans: its example is a configuration, and its table names every action with its settings."""

from __future__ import annotations

import re
from pathlib import Path

from router.config import check_texts
from router.config.catalogue.actions import KINDS
from tests.config.given import AROUND, sample

PAGE = (Path(__file__).parents[2] / "docs/plans.md").read_text(encoding="utf-8")


def test_the_example_is_a_plan_of_the_sample() -> None:
    """As it is written, in the place of the sample's own plans."""
    example = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    report = check_texts({**sample(), "plans.toml": example}, around=AROUND)
    assert report.faults == ()
    assert report.configuration is not None
    (plan,) = report.configuration.settings.plans
    assert len(plan.actions) == 3


def test_every_action_is_on_the_page() -> None:
    """With all that it may be given."""
    rows: dict[str, str] = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", PAGE, re.MULTILINE))
    rows.pop("kind", None)
    assert set(rows) == set(KINDS)
    for kind, row in KINDS.items():
        assert set(re.findall(r"`(\w+)`", rows[kind])) == set(row.rows) - {"queues"}, kind
