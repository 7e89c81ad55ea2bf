"""A monitor's place in the numbered events, so that it goes on after a lost connection where it was.

It knows numbers and nothing of connections. Until the engine has answered a `subscribe` there is nothing to follow.
"""

from __future__ import annotations

from router.wire.catalogue import AgentEvent, ContactEvent, Message, Resumed, Subscribe, TicketEvent


class Following:
    """The last event that the program was given."""

    def __init__(self) -> None:
        self._epoch: int | None = None
        self._number = 0

    def note(self, message: Message) -> None:
        """The engine said where events begin, or told one."""
        if isinstance(message, Resumed):
            self._epoch, self._number = message.epoch, message.from_number - 1
        elif self._epoch is not None and isinstance(message, AgentEvent | ContactEvent | TicketEvent):
            self._number = message.number

    def again(self) -> Subscribe | None:
        """What to ask on a new connection; None where nothing was subscribed to."""
        return None if self._epoch is None else Subscribe(0, self._epoch, self._number)
