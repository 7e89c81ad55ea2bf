"""The kind of value that rules bring: a condition, as a typed table that a supervisor can read.

    { queue = "sales", signal = "oldest_wait_s", above = 60 }       of a queue, team or segment; of the site where
                                                                    none is named
    { queue = "sales", signal = "service_level", below = 0.7, window_s = 900 }
    { hours = "office" }                                            while that calendar is open
    { rule = "storm" }                                              while that rule is active
    { all = [ ... ] }   { any = [ ... ] }   { not = { ... } }

Whether the names in it exist is found out elsewhere.
"""

from __future__ import annotations

from typing import Any, get_args

from msgspec import UNSET

from router.config.faults import Path, listed
from router.config.kinds.fields import Kind, Name, Taken, WholeSeconds, Wrong, plain, said
from router.rules import SIGNALS, All, AnyOf, Compare, Condition, Not, Signal, compares_in
from router.rules.condition import DEPTH_MAX, PARTS_MAX, depth_of
from router.rules.gauge import Relation
from router.terms import SECOND_US

RELATIONS: tuple[Relation, ...] = get_args(Relation)
SUBJECTS = ("queue", "team", "segment")
WINDOW_S = (60, 86_400)
WINDOW_DEFAULT_US = 900 * SECOND_US
EXAMPLE = 'write it as { queue = "sales", signal = "oldest_wait_s", above = 60 }'

_NAME = Name()
_WINDOW = WholeSeconds(*WINDOW_S)


class Conditions(Kind):
    """A condition, with all inside it."""

    words = "condition"

    def take(self, value: object) -> Taken:
        """A bad part counts as if it were not there."""
        wrongs: list[Wrong] = []
        condition = _condition(value, (), wrongs)
        if condition is not None and not wrongs:
            if sum(1 for _ in compares_in(condition)) > PARTS_MAX:
                wrongs.append(Wrong(f"has more than {PARTS_MAX} comparisons", "make two rules of it"))
            elif depth_of(condition) > DEPTH_MAX:
                wrongs.append(Wrong(f"is more than {DEPTH_MAX} deep", "make two rules of it"))
        return Taken(UNSET if condition is None or wrongs else condition, tuple(wrongs))

    def show(self, kept: Condition | None) -> dict[str, Any] | None:
        """As a table."""
        return None if kept is None else table_of(kept)

    def bounds(self) -> str:
        """How much."""
        return f"at most {PARTS_MAX} comparisons"

    def schema(self) -> dict[str, Any]:
        """A comparison, or conditions joined; what is inside those `switchboard check` looks at."""
        inner = {"type": "array", "items": {"type": "object"}, "minItems": 1}
        relations: dict[str, Any] = {name: {"type": "number", "minimum": 0} for name in RELATIONS}
        return {
            "type": "object",
            "properties": {
                "all": inner, "any": inner, "not": {"type": "object"},
                "queue": _NAME.schema(), "team": _NAME.schema(), "segment": _NAME.schema(),
                "signal": {"type": "string", "enum": list(SIGNALS)}, "window_s": _WINDOW.schema(), **relations,
                "hours": _NAME.schema(), "rule": _NAME.schema(),
            },
            "additionalProperties": False,
        }  # fmt: skip


def _condition(value: object, path: Path, wrongs: list[Wrong]) -> Condition | None:
    """The condition of a table; None, and what is wrong with it, where it makes none."""
    if not isinstance(value, dict):
        wrongs.append(Wrong(f"is {said(value)}, not a table", EXAMPLE, path))
        return None
    if len(path) > 2 * DEPTH_MAX:
        wrongs.append(Wrong(f"is more than {DEPTH_MAX} deep", "make two rules of it", path))
        return None
    joins = [word for word in ("all", "any", "not", "hours", "rule") if word in value]
    if not joins:
        return _compare(value, path, wrongs)
    if len(value) > 1:
        wrongs.append(Wrong(f"has {joins[0]} and more beside it", "put each into a table of its own in all", path))
        return None
    word, inner = joins[0], value[joins[0]]
    if word in ("hours", "rule"):
        name = _named(inner, (*path, word), wrongs)
        signal = "open" if word == "hours" else "active"
        return Compare("hours" if word == "hours" else "rule", name, signal, "at_least", 1) if name else None
    if word == "not":
        part = _condition(inner, (*path, word), wrongs)
        return None if part is None else Not(part)
    if not isinstance(inner, list) or not inner:
        wrongs.append(Wrong(f"is {said(inner)}, not a list of conditions", f"{word} = [ {{ ... }} ]", (*path, word)))
        return None
    parts = [_condition(each, (*path, word, number), wrongs) for number, each in enumerate(inner)]
    known = tuple(part for part in parts if part is not None)
    return (All if word == "all" else AnyOf)(known)


def _compare(value: dict[str, Any], path: Path, wrongs: list[Wrong]) -> Compare | None:
    known = (*SUBJECTS, "signal", "window_s", *RELATIONS)
    before = len(wrongs)
    for name in value:
        if name not in known:
            words = (*known, "all", "any", "not", "hours", "rule")
            wrongs.append(
                Wrong("is no part of a condition", f"use {listed(words, len(words))}", (*path, name), name, words)
            )
    signal = SIGNALS.get(str(value.get("signal")))
    if signal is None:
        given = value.get("signal")
        what = "names no signal" if given is None else f"{said(given)} is no signal"
        word = given if isinstance(given, str) else ""
        at = path if given is None else (*path, "signal")
        wrongs.append(Wrong(what, f"use one of {listed(SIGNALS, 20)}", at, word, tuple(SIGNALS)))
        return None
    scopes = [scope for scope in SUBJECTS if scope in value]
    scope = scopes[0] if scopes else "site"
    if len(scopes) > 1 or scope not in signal.scopes:
        may = listed(each if each != "site" else "none (the whole site)" for each in signal.scopes)
        wrongs.append(Wrong(f"asks {signal.name} of {' and '.join(scopes) or 'the whole site'}", f"name {may}", path))
    subject = _named(value[scope], (*path, scope), wrongs) if scopes else ""
    window_us = _window(value, signal, path, wrongs)
    relation, bound = _bound(value, signal, path, wrongs)
    if len(wrongs) > before or subject is None or relation is None:
        return None
    return Compare(scope, subject, signal.name, relation, bound, window_us)  # type: ignore[arg-type]  # one of its words


def _named(value: object, path: Path, wrongs: list[Wrong]) -> str | None:
    name, wrong = _NAME.take(value)
    wrongs.extend(one._replace(path=path) for one in wrong)
    return None if name is UNSET else str(name)


def _window(value: dict[str, Any], signal: Signal, path: Path, wrongs: list[Wrong]) -> int:
    if "window_s" not in value:
        return WINDOW_DEFAULT_US if signal.windowed else 0
    if not signal.windowed:
        wrongs.append(Wrong(f"{signal.name} has no window", "take it out", (*path, "window_s")))
        return 0
    found, wrong = _WINDOW.take(value["window_s"])
    wrongs.extend(one._replace(path=(*path, "window_s")) for one in wrong)
    return 0 if found is UNSET else int(found)


def _bound(value: dict[str, Any], signal: Signal, path: Path, wrongs: list[Wrong]) -> tuple[Relation | None, float]:
    given = [relation for relation in RELATIONS if relation in value]
    strange = value.keys() - {*SUBJECTS, "signal", "window_s", *RELATIONS}
    if len(given) != 1:
        if strange and not given:
            return None, 0.0  # it was meant by another word, which is said already
        what = f"compares with {' and '.join(given)}" if given else "compares with nothing"
        wrongs.append(Wrong(what, f"give one of {listed(RELATIONS)}; of two make two conditions in all", path))
        return None, 0.0
    bound, place = value[given[0]], (*path, given[0])
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        wrongs.append(Wrong(f"is {said(bound)}, not a number", "write it without quotes and unit", place))
    elif not 0 <= bound <= signal.most:
        remedy = f"use a number from 0 to {plain(signal.most)}" + (": 80 % is 0.8" if signal.unit == "share" else "")
        wrongs.append(Wrong(f"is {said(bound)}, out of range", remedy, place))
    elif signal.unit in ("contacts", "agents") and bound != int(bound):
        wrongs.append(Wrong(f"is {said(bound)}, and {signal.unit} are counted", "use a whole number", place))
    elif signal.unit == "seconds":
        return given[0], float(round(bound * SECOND_US))
    else:
        return given[0], float(bound)
    return None, 0.0


def table_of(condition: Condition) -> dict[str, Any]:
    """A condition as the file would say it."""
    if isinstance(condition, Not):
        return {"not": table_of(condition.part)}
    if isinstance(condition, Compare):
        return _table_of(condition)
    return {"all" if isinstance(condition, All) else "any": [table_of(part) for part in condition.parts]}


def _table_of(compare: Compare) -> dict[str, Any]:
    if compare.scope in ("hours", "rule"):
        return {compare.scope: compare.subject}
    table: dict[str, Any] = {} if compare.scope == "site" else {compare.scope: compare.subject}
    bound = compare.bound / SECOND_US if SIGNALS[compare.signal].unit == "seconds" else compare.bound
    table |= {"signal": compare.signal, compare.relation: int(bound) if bound == int(bound) else bound}
    return table | ({"window_s": compare.window_us // SECOND_US} if compare.window_us else {})
