"""The renderers of documentation by name. It knows none of them: they put themselves in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Renderer = Callable[[], str]

RENDERERS: dict[str, Renderer] = {}


def renders(name: str) -> Callable[[Renderer], Renderer]:
    """Registers the function under the name that pages call it by. A name is given once."""

    def register(function: Renderer) -> Renderer:
        if name in RENDERERS:
            raise KeyError(f"two renderers are called {name!r}")
        RENDERERS[name] = function
        return function

    return register


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table. A cell that holds `|` has it escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)
