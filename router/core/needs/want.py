"""What may be asked of an agent: a typed value in one form of many spellings.

`want_tables` reads it from what files and the wire write; here it is put together and put in words, and `able` says
who meets it. It is sorted and merged, so that equal wishes are equal values. It knows no line and no contact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.msgpack import Encoder

Pairs: TypeAlias = tuple[tuple[str, int], ...]
"""Names with least levels, sorted by name."""


class Want(Struct, frozen=True, omit_defaults=True, cache_hash=True, gc=False):
    """All of these must hold of an agent; `prefer` only says who comes first."""

    skills: Pairs = ()
    languages: Pairs = ()
    attributes: tuple[tuple[str, str], ...] = ()
    teams: tuple[str, ...] = ()
    """Every one of them: two different ones are in nobody's reach."""
    any_of: tuple[tuple[Want, ...], ...] = ()
    """Of each group at least one."""
    none_of: tuple[Want, ...] = ()
    prefer: tuple[Want, ...] = ()
    """The first comes before the second, and who meets none of them last. It never keeps anybody out."""


ANYBODY = Want()

_encode = Encoder().encode


class Traits(NamedTuple):
    """What an agent is, as far as it may be asked for."""

    skills: Pairs = ()
    languages: Pairs = ()
    attributes: tuple[tuple[str, str], ...] = ()
    team: str = ""


# -- putting together -------------------------------------------------------------------------------------------------


def sorted_wants(wants: set[Want]) -> tuple[Want, ...]:
    """In the one order in which equal sets are equal."""
    return tuple(sorted(wants, key=_encode))


def both(one: Want, other: Want) -> Want:
    """What meets both. Of two levels the higher counts; the preferences of `one` come first."""
    if other in (ANYBODY, one):
        return one
    if one == ANYBODY:
        return other
    groups = set(one.any_of) | set(other.any_of)
    return Want(
        _highest(one.skills, other.skills),
        _highest(one.languages, other.languages),
        tuple(sorted({*one.attributes, *other.attributes})),
        tuple(sorted({*one.teams, *other.teams})),
        tuple(sorted(groups, key=_encode)),
        sorted_wants({*one.none_of, *other.none_of}),
        tuple(dict.fromkeys((*one.prefer, *other.prefer))),
    )


def either(one: Want, other: Want) -> Want:
    """What meets one of the two, the first as well as the second; preferences stay beside."""
    prefer = tuple(dict.fromkeys((*one.prefer, *other.prefer)))
    return both(Want(prefer=prefer), one_of((bare(one), bare(other))))


def one_of(wants: Sequence[Want]) -> Want:
    """What meets at least one of them."""
    if ANYBODY in wants or not wants:
        return ANYBODY
    kept = sorted_wants(set(wants))
    return kept[0] if len(kept) == 1 else Want(any_of=(kept,))


def bare(want: Want) -> Want:
    """Without its preferences."""
    return want if not want.prefer else Want(*(getattr(want, field) for field in want.__struct_fields__[:-1]))


def preferred(want: Want) -> Want:
    """What the preferred ones meet too."""
    return both(want, one_of(want.prefer)) if want.prefer else want


def skills(**levels: int) -> Want:
    """A want of nothing but skills."""
    return Want(tuple(sorted(levels.items())))


def _highest(one: Pairs, other: Pairs) -> Pairs:
    if not other:
        return one
    least = dict(one)
    for name, level in other:
        least[name] = max(level, least.get(name, 0))
    return tuple(sorted(least.items()))


def names_in(want: Want) -> Iterator[tuple[str, str]]:
    """Everything that it mentions, as (skill, name), (language, name), (attribute, name) and (team, name)."""
    yield from (("skill", name) for name, _ in want.skills)
    yield from (("language", name) for name, _ in want.languages)
    yield from (("attribute", name) for name, _ in want.attributes)
    yield from (("team", name) for name in want.teams)
    for one in chain(*want.any_of, want.none_of, want.prefer):
        yield from names_in(one)


# -- saying why -------------------------------------------------------------------------------------------------------


def said(want: Want) -> str:
    """A want in words: `cards 3, language german 5, team b`."""
    parts = [f"{name} {level}" for name, level in want.skills]
    parts += [f"language {name} {level}" for name, level in want.languages]
    parts += [f"{name} {value}" for name, value in want.attributes]
    parts += [f"team {team}" for team in want.teams]
    parts += ["(" + " or ".join(map(said, group)) + ")" for group in want.any_of]
    parts += [f"not {said(one)}" for one in want.none_of]
    return ", ".join(parts) or "nobody in particular"
