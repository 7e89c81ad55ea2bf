"""Runs a story against the engine, and says where the two differ: file, line, what was expected and what came.

All that the engine tells must be in the story, in its order, and nothing else; what happens by itself too. After each
step `verify` looks at the whole world.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from router.core.verify.world import verify
from tests.scenarios import look
from tests.scenarios.language import Said, Unclear, time_us, words_of
from tests.scenarios.site import Site


class Step(Struct):
    """A line of the story with what must come of it. `lines`: expected effects and checks by line number."""

    number: int
    text: str
    at_us: int
    who: str
    words: list[str]
    lines: list[tuple[int, str]]


class Story(Struct):
    """A file, taken apart."""

    title: str
    why: str
    head: list[str]
    steps: list[Step]


class Differs(Exception):
    """The engine does something else than the story says, or the story can't be understood."""

    def __init__(self, name: str, number: int, text: str, said: str) -> None:
        super().__init__(f"{name}:{number}: {text.strip()}\n{said}")


def read(name: str, text: str) -> Story:
    """Take a file apart. Raises `Differs`."""
    story = Story("", "", [], [])
    at_us = 0
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            if bare and not story.head:
                _describe(story, bare.lstrip("# "))
            continue
        first, _, rest = bare.partition(" ")
        time = time_us(first)
        if time is None and not story.steps:
            story.head.append(line)
        elif first in ("->", "?"):
            story.steps[-1].lines.append((number, bare))
        else:
            if time is not None and time < at_us:
                raise Differs(name, number, line, "  time does not run backwards")
            at_us = at_us if time is None else time
            try:
                who, *words = words_of(bare if time is None else rest)
            except ValueError:
                raise Differs(name, number, line, "  a line is: time, who, what") from None
            story.steps.append(Step(number, line, at_us, who, words, []))
    return story


def _describe(story: Story, comment: str) -> None:
    if not story.title:
        story.title = comment
    else:
        story.why = f"{story.why} {comment}".strip()


def run(name: str, text: str, *, show: bool = False, loaded: bool = False) -> list[str]:
    """Run a story. Raises `Differs` at the first line that differs. `show`: instead of comparing, return the story with
    what the engine tells. `loaded`: after each step, go on with an engine that was loaded from the records."""
    story = read(name, text)
    try:
        site = Site(story.head)
    except Unclear as unclear:
        raise Differs(name, 1, "the centre", f"  {unclear}") from unclear
    printed: list[str] = []
    for step in story.steps:
        try:
            _step(name, site, step, printed if show else None)
            if loaded:
                site.load(site.engine.world.epoch)
        except Unclear as unclear:
            raise Differs(name, step.number, step.text, f"  {unclear}") from unclear
    return printed


def _step(name: str, site: Site, step: Step, printed: list[str] | None) -> None:
    early = site.pass_time(step.at_us)
    if printed is not None:
        printed += [f"        UNTOLD, {line}" for line in early]
    elif early:
        raise Differs(name, step.number, step.text, "  before this line the story does not tell:\n" + _listed(early))
    site.say(step.who, step.words, step.text)
    expected = [(number, line[2:].strip()) for number, line in step.lines if line.startswith("->")]
    came = site.take([line for _, line in expected])
    faults = verify(site.engine.world)
    if printed is not None:
        printed += [step.text, *(f"        -> {said}" for said in came)]
        printed += [f"        VIOLATION {fault}" for fault in faults]
    else:
        _compare(name, step, expected, came)
        if faults:
            raise Differs(name, step.number, step.text, "  what must always hold does not:\n" + _listed(faults))
    for number, line in step.lines:
        if line.startswith("?"):
            asked = " ".join(site.names.real(word) for word in line[1:].split())
            found = site.names.said(look.look(site.engine.world, site.visits, site.deeds, asked))
            if printed is not None:
                printed.append(f"        ? {found}")
            elif not found.is_told_by(line[1:].strip()):
                raise Differs(name, number, line, f"  expected  {line[1:].strip()}\n  got       {found}")


def _compare(name: str, step: Step, expected: list[tuple[int, str]], came: list[Said]) -> None:
    for (number, line), said in zip(expected, came, strict=False):
        if not said.is_told_by(line):
            raise Differs(name, number, step.text, f"  expected  {line}\n  got       {said}")
    if len(came) > len(expected):
        more = came[len(expected) :]
        raise Differs(name, step.number, step.text, "  expected  nothing more\n  got       " + _listed(more).lstrip())
    if len(expected) > len(came):
        number, line = expected[len(came)]
        raise Differs(name, number, step.text, f"  expected  {line}\n  got       nothing more")


def _listed(lines: list[Any]) -> str:
    return "\n".join(f"            {line}" for line in lines)
