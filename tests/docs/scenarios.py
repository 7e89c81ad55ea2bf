"""Renders stories into pages as they are written: what a page shows as an example is what a test runs."""

from __future__ import annotations

from pathlib import Path

from tests.docs.registry import Renderer, renders

STORIES = Path(__file__).resolve().parents[1] / "scenarios"


def _shown(path: Path) -> Renderer:
    return lambda: f"```text\n{path.read_text(encoding='utf-8').strip()}\n```"


for _path in sorted(STORIES.glob("*.txt")):
    renders(f"story.{_path.stem}")(_shown(_path))
