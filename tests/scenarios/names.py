"""Short names for what the engine makes up itself: call-backs (`b1`), place tokens (`t1`), ways to partners (`s1`), in
the order in which they are first told. A story can't know the engine's own ids, and need not.
"""

from __future__ import annotations

from router.core.effects import Message
from tests.scenarios.language import Said


class Names:
    """Real id <-> short name."""

    def __init__(self) -> None:
        self._short: dict[str, str] = {}
        self._real: dict[str, str] = {}

    def learn(self, message: Message) -> None:
        """Name what this message tells for the first time."""
        for field, letter in (("callback", "b"), ("token", "t"), ("send", "s")):
            real = getattr(message, field, None)
            if isinstance(real, str) and real not in self._short:
                short = f"{letter}{1 + sum(name[0] == letter for name in self._real)}"
                self._short[real], self._real[short] = short, real

    def real(self, word: str) -> str:
        """What a word of the story stands for."""
        return self._real.get(word, word)

    def short(self, text: str) -> str:
        """A text of the engine in the words of the story."""
        for real, short in self._short.items():
            text = text.replace(real, short)
        return text

    def said(self, said: Said) -> Said:
        """An effect in the words of the story."""
        if not self._short:
            return said
        head = tuple(self.short(word) for word in said.head)
        return Said(head, {name: self.short(value) for name, value in said.details.items()}, said.who)
