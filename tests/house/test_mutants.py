"""Every mutant can be tried: `python -m tests.mutants` takes minutes, and a guard that moved must be seen at once.

It knows nothing of what a mutant breaks; only that its text stands once in its file, and that its story or its test is
there.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.house.tree import ROOT
from tests.mutant_list import MUTANTS, Mutant
from tests.mutants import fault


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_guard_stands_once(mutant: Mutant) -> None:
    """Its guard is found once, what remains without it is Python, and the story or test that must notice exists."""
    assert fault(ROOT, mutant) == ""


def test_names_are_names() -> None:
    """No two mutants have one name, and none is noticed in two ways."""
    assert [name for name, times in Counter(mutant.name for mutant in MUTANTS).items() if times > 1] == []
    ways = [
        (mutant.name, bool(mutant.story) + mutant.scenarios + bool(mutant.test) + mutant.pair) for mutant in MUTANTS
    ]
    assert [name for name, many in ways if many > 1] == []


def test_a_guard_that_moved_is_seen() -> None:
    """A mutant without its guard, one that leaves no Python and one without its story or test are each told."""
    good = MUTANTS[0]
    assert "found 0 times" in fault(ROOT, good._replace(guard="this stands nowhere"))
    assert "is no Python" in fault(ROOT, good._replace(instead="    (\n"))
    assert "there is no tests/scenarios/never.txt" in fault(ROOT, good._replace(story="never"))
    assert "there is no tests/never.py" in fault(ROOT, good._replace(test="tests/never.py"))
