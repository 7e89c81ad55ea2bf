"""Whether an agent meets what may be asked, how well, and what they lack.

It is evaluated when a want or a profile first appears, never at dispatch; it knows no line and no contact.
"""

from __future__ import annotations

from router.core.needs.want import Traits, Want, said


class Able:
    """An agent's traits, ready to be compared with wants."""

    __slots__ = ("attributes", "languages", "skills", "team")

    def __init__(self, traits: Traits) -> None:
        self.skills = dict(traits.skills)
        self.languages = dict(traits.languages)
        self.attributes = dict(traits.attributes)
        self.team = traits.team

    def meets(self, want: Want) -> bool:
        """Does everything that must hold hold?"""
        skills, languages = self.skills, self.languages
        for skill, level in want.skills:
            if skills.get(skill, 0) < level:
                return False
        for language, level in want.languages:
            if languages.get(language, 0) < level:
                return False
        for name, value in want.attributes:
            if self.attributes.get(name) != value:
                return False
        for team in want.teams:
            if team != self.team:
                return False
        for group in want.any_of:
            if not any(map(self.meets, group)):
                return False
        return not any(map(self.meets, want.none_of))

    def level(self, want: Want) -> int:
        """How good somebody who meets it is: the lowest of the levels asked for, of alternatives the best that they
        meet; 0 where no level is asked for."""
        levels = [self.skills[skill] for skill, _ in want.skills]
        levels += [self.languages[language] for language, _ in want.languages]
        for group in want.any_of:
            best = max(self.level(one) for one in group if self.meets(one))
            if best:
                levels.append(best)
        return min(levels, default=0)

    def preference(self, want: Want) -> int:
        """Which of the preferred ones they meet, counted from 0; as many as there are, where none."""
        for at, one in enumerate(want.prefer):
            if self.meets(one):
                return at
        return len(want.prefer)


def lacking(able: Able, want: Want) -> str:
    """The first thing asked for that this agent lacks, in words; empty where they meet it all."""
    for kind, asked, has in (("skill", want.skills, able.skills), ("language", want.languages, able.languages)):
        for name, level in asked:
            if has.get(name, 0) < level:
                return f"{kind} {name}: has {has.get(name, 'none')}, needs {level}"
    for name, value in want.attributes:
        if able.attributes.get(name) != value:
            return f"attribute {name}: has {able.attributes.get(name, 'none')}, needs {value}"
    for team in want.teams:
        if team != able.team:
            return f"team: is in {able.team}, needs {team}"
    for group in want.any_of:
        if not any(map(able.meets, group)):
            return "none of these: " + "; or ".join(lacking(able, one) for one in group)
    for one in want.none_of:
        if able.meets(one):
            return f"has what is excluded: {said(one)}"
    return ""
