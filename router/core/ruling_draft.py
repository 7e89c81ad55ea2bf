"""Rules compiled beside those in force: conditions as functions over gauges of their own, before anybody goes by them.

It asks nothing of the world, so that a switch of settings makes it in slices, whatever happens meanwhile, and hands it
over in the step that decides (`ruling_build.py`): until then every rule goes by the version of before, from then on
every rule by the new one. Each gauge begins unknown; what it shows is measured at that step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from router.core.rule_settings import ActingRule
from router.rules import All, AnyOf, Compare, Condition, Gauge, Key, Leaf, Not, Rule, compares_in, compiled

COMPARE_US: Final = 6
"""Compiling one comparison: measured from the sources on a slow core."""


class Compiled(NamedTuple):
    """A rule as functions."""

    begins: Callable[[], bool | None]
    ends: Callable[[], bool | None]
    reads: tuple[tuple[Compare, Gauge], ...]
    """What it reads, for people."""


class Draft:
    """The rules of one version of the settings."""

    def __init__(self, rules: tuple[ActingRule, ...]) -> None:
        self.rules: dict[str, Compiled] = {}
        """By key."""
        self.gauges: dict[tuple[str, Key], Gauge] = {}
        """(tenant, what is read) -> gauge."""
        self.readers: dict[Gauge, dict[str, None]] = {}
        """Keys of the rules that read each."""
        self._wanted = rules

    def pieces(self) -> Iterator[int]:
        """Compile one rule after the other; yields what each has cost."""
        for rule in self._wanted:
            begins, ends = begins_and_ends(rule)

            def leaf(compare: Compare, rule: ActingRule = rule) -> Leaf:
                return self._leaf(rule, compare)

            truths = compiled(begins, leaf), compiled(ends, leaf)
            reads = dict.fromkeys([*compares_in(begins), *compares_in(ends)])
            shown = tuple((compare, self.gauges[rule.tenant, compare.key]) for compare in reads)
            self.rules[rule.key] = Compiled(*truths, shown)
            yield COMPARE_US * len(reads)

    def whole(self) -> Draft:
        """Compile what is left at once."""
        for _ in self.pieces():
            pass
        return self

    def _leaf(self, rule: ActingRule, compare: Compare) -> Leaf:
        key = compare.key
        gauge = self.gauges.get((rule.tenant, key))
        if gauge is None:
            gauge = self.gauges[rule.tenant, key] = Gauge(key)
            self.readers[gauge] = {}
        self.readers[gauge][rule.key] = None
        return gauge.leaf(compare.relation, compare.bound)


def begins_and_ends(rule: Rule) -> tuple[Condition, Condition]:
    """When a rule may start, and what ends it, its hours with them."""
    ends = Not(rule.when) if rule.until is None else rule.until
    hours = rule.open_hours
    if hours is None:
        return rule.when, ends
    return All((hours, rule.when)), AnyOf((Not(hours), ends))
