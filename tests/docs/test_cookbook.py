"""The cookbook of `docs/rules.md`: each recipe is played through by a story of its own, as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.recipes import PAGE, recipes

STORIES = Path(__file__).resolve().parents[1] / "scenarios"
TEXT = PAGE.read_text(encoding="utf-8")


def test_there_are_ten_at_least() -> None:
    """And each block of the chapter is a recipe."""
    chapter = TEXT.partition("## Cookbook")[2].partition("\n## ")[0]
    assert len(recipes()) == chapter.count("```toml") >= 10


@pytest.mark.parametrize("name", recipes())
def test_a_story_plays_it_through(name: str) -> None:
    """The story takes the recipe, and sees each of its rules or plans both at work and over."""
    story = (STORIES / f"cookbook_{name.replace('-', '_')}.txt").read_text(encoding="utf-8")
    assert re.search(rf"^recipe +{name}$", story, re.MULTILINE)
    for kind, what in re.findall(r"^\[(rules|plans)\.([\w-]+)\]$", recipes()[name], re.MULTILINE):
        assert re.search(rf"(rule|plan) {what} active|plan_event {what} started", story), f"{what} is never active"
        if kind == "plans":
            assert re.search(rf"plan_event {what} (stopped|expired)|plan {what} off", story), f"{what} never ends"
