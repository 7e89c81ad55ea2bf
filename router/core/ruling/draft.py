"""Rules of another version compiled beside those in force, and what they read watched, before anybody goes by them.

A switch of settings makes a draft in slices, whatever happens meanwhile, and hands it over in the step that decides
(`build.py`): until then every rule goes by the version of before, from then on every rule by the new one. What
both versions read is watched once, and goes on; a rule that says what it said before is taken over as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from router.core.ruling.ruled import RuleState
from router.core.ruling.settings import ActingRule
from router.core.ruling.watch import Watcher, next_number
from router.core.world import World
from router.rules import Compare, Gauge, Key, Leaf, Life, Times, begins_and_ends, compares_in, compiled

COMPARE_US: Final = 20
"""Compiling one comparison, and looking at what it reads: measured on a slow core, with memory that nobody has touched
for a while."""
WATCH_US: Final = 30
"""Watching one value more."""
KNOWN_US: Final = 3
"""A rule that is as before, or one agent who is counted in a new view."""


class Compiled(NamedTuple):
    """A rule as functions."""

    state: RuleState
    rule: ActingRule
    times: Times
    begins: Callable[[], bool | None]
    ends: Callable[[], bool | None]
    reads: tuple[tuple[Compare, Gauge], ...]
    """What it reads, for people."""


class Draft:
    """The rules of one version of the settings, for one world."""

    def __init__(self, world: World, rules: tuple[ActingRule, ...], watcher: Watcher | None = None) -> None:
        self.watcher = watcher or Watcher(world)
        self.states: dict[str, RuleState] = {}
        """All rules by key: those that are known already, and new ones."""
        self.changed: list[Compiled] = []
        """Those that say something else than before, and new ones: in the end the highest rank first."""
        self.readers: dict[Gauge, list[RuleState]] = {}
        """The rules that read each gauge."""
        self.edges: dict[Gauge, set[tuple[float, bool]]] = {}
        """And the comparisons that they make."""
        self.of_rules: dict[Gauge, str] = {}
        """Gauges of rules, and their keys."""
        self._world = world
        self._wanted = rules

    def pieces(self) -> Iterator[int]:
        """Compile one rule after the other; yields what each has cost."""
        for rule in self._wanted:
            watched = len(self._world.ruling.gauges)
            known = self._world.ruling.rules.get(rule.key)
            if known is not None and known.rule == rule:
                self.states[rule.key] = known
                for compare, _ in known.reads:
                    self._leaf(known, rule, compare)
                yield KNOWN_US * (1 + len(known.reads))
            else:
                made = self._compiled(rule, known)
                self.states[rule.key] = made.state
                self.changed.append(made)
                yield COMPARE_US * len(made.reads) + WATCH_US * (len(self._world.ruling.gauges) - watched)
            for counted in self.watcher.filled():
                yield KNOWN_US * counted
        self.changed.sort(key=_order)

    def whole(self) -> Draft:
        """Compile what is left at once."""
        for _ in self.pieces():
            pass
        return self

    def _compiled(self, rule: ActingRule, known: RuleState | None) -> Compiled:
        begins, ends = begins_and_ends(rule)
        state = known
        if state is None:
            state = RuleState(rule, rule.times, Life(), nothing_known, nothing_known, number=next_number(self._world))
        reader = state

        def leaf(compare: Compare) -> Leaf:
            return self._leaf(reader, rule, compare)

        truths = compiled(begins, leaf), compiled(ends, leaf)
        reads = dict.fromkeys([*compares_in(begins), *compares_in(ends)])
        shown = tuple((compare, self.watcher.gauge(rule.tenant, compare.key)) for compare in reads)
        return Compiled(state, rule, rule.times, *truths, shown)

    def _leaf(self, state: RuleState, rule: ActingRule, compare: Compare) -> Leaf:
        key: Key = compare.key
        gauge = self.watcher.gauge(rule.tenant, key)
        had = len(gauge.leaves)
        leaf = gauge.leaf(compare.relation, compare.bound)
        if len(gauge.leaves) > had:
            self.watcher.look_anew(gauge)
        readers = self.readers.setdefault(gauge, [])
        if not readers or readers[-1] is not state:
            # One rule is compiled after the other: if it reads it again, it is the last.
            readers.append(state)
        self.edges.setdefault(gauge, set()).add((leaf.edge, leaf.rising))
        if key.scope == "rule":
            self.of_rules[gauge] = f"{rule.tenant}/{key.subject}"
        return leaf


def _order(made: Compiled) -> tuple[int, str]:
    return -made.rule.rank, made.rule.key


def nothing_known() -> bool | None:
    """Of a rule before it is compiled."""
    return None
