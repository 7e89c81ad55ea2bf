"""Rules: what they wait for, and when they are active. Pure, under the core.

A rule is a condition over signals (who waits, how long, who is idle, what the clock says) with times that keep it from
flapping. Here are its words, what is true of it, and its life; who measures the signals, and what a rule does, is the
core's matter. The one idea: a value may be unknown, and on what is unknown nothing changes.
"""

from router.rules.condition import All, AnyOf, Compare, Condition, Not, compares_in, compiled, said
from router.rules.gauge import Gauge, Leaf, Value
from router.rules.life import HOUR_US, STATES, Life, Times
from router.rules.rule import Rule, begins_and_ends, key_of
from router.rules.sense import Contradiction, contradictions
from router.rules.signals import SIGNALS, Key, Signal
from router.rules.usual import HALF_HOURS, Usual, half_hour_of_week
from router.rules.window import SLOTS, Ring

__all__ = [
    "HALF_HOURS",
    "HOUR_US",
    "SIGNALS",
    "SLOTS",
    "STATES",
    "All",
    "AnyOf",
    "Compare",
    "Condition",
    "Contradiction",
    "Gauge",
    "Key",
    "Leaf",
    "Life",
    "Not",
    "Ring",
    "Rule",
    "Signal",
    "Times",
    "Usual",
    "Value",
    "begins_and_ends",
    "compares_in",
    "compiled",
    "contradictions",
    "half_hour_of_week",
    "key_of",
    "said",
]
