"""What is on loan: the layers that lend agents, and who is lent by each.

Values only; `lending.py` lends and takes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.layers.layer import Layer


class Grant(NamedTuple):
    """What a loan does to the skills of whoever is lent."""

    skills: tuple[tuple[str, int], ...]
    only: bool


class Loans:
    """Loans of a world."""

    def __init__(self) -> None:
        self.by_layer: dict[str, Layer] = {}
        """Key of the layer -> the layer, while it is in effect."""
        self.lent: dict[str, dict[Agent, None]] = {}
        """Key of the layer -> who is lent by it, in the order in which they were."""
        self.ended: list[Agent] = []
        """At a start: who was lent by what is in effect no more, or whose time was kept by it."""


def granted(configured: tuple[tuple[str, int], ...], grants: dict[str, Grant]) -> dict[str, int]:
    """Skills with loans over them. A loan raises a level and never lowers one; `only` takes all others away."""
    only = any(grant.only for grant in grants.values())
    own = dict(configured)
    skills = {} if only else dict(own)
    for grant in grants.values():
        for skill, level in grant.skills:
            skills[skill] = max(level, skills.get(skill, 0), own.get(skill, 0))
    return skills


def layered(
    configured: tuple[tuple[str, int], ...], by_hand: dict[str, int], grants: dict[str, Grant]
) -> tuple[tuple[str, int], ...]:
    """The skills in force: what was laid by hand over loans over what the configuration says. Level 0 takes a skill
    away."""
    if not by_hand and not grants:
        return configured
    levels = {**granted(configured, grants), **by_hand}
    return tuple(sorted((skill, level) for skill, level in levels.items() if level))
