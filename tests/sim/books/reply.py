"""The judge's view of answers: a number that comes again has the same outcome and no effect, an id that has ended is
known for a while, and what is queued is there (I14, I1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core.effects import Already, Error, Ok, Queued, RefusedEntry, Reply, StatusReply, WhoReply
from tests.sim.books import who as who_book
from tests.sim.seen import GatewaySeen, body_of

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.site import Step


class ReplyBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def reply(self, gateway: GatewaySeen, step: Step, command: Any, reply: Reply) -> None:
        """The answer to a command, of this step or of one before."""
        judge = self._judge
        if isinstance(reply, StatusReply) and reply.contacts != len(judge.visits):
            judge.fault(
                "I1", f"status says {reply.contacts} contacts, {len(judge.visits)} were let in and have not ended"
            )
        if isinstance(reply, WhoReply):
            who_book.said(judge, command, reply)
        judge.layers.asked(reply)
        judge.partners.asked(reply)
        if not command.numbered or (isinstance(reply, Error) and reply.code == "not_synced"):
            return
        # What else a step that is not quiet has caused may be of something under way.
        own = len(step.effects) if step.quiet or isinstance(command, ask.Sync | ask.SyncEnd) else 1
        own += sum(1 for deed in step.deeds if deed.client)
        if command.seq <= gateway.last_seq and not gateway.begins_anew(command.seq, reply, own):
            self._again(gateway, step, reply)
            return
        gateway.last_seq = max(command.seq, gateway.last_seq)
        if not gateway.synced and not isinstance(command, ask.Sync | ask.SyncEnd):
            judge.fault("I14", f"{command!r} was taken before the list was whole: {reply!r}")
        gateway.replies[command.seq] = reply
        if isinstance(reply, Error) and step.quiet and len(step.effects) != 1:
            judge.fault("I14", f"refused with {reply.code}, but {step.effects!r}")
        handler = judge.said.get(type(command))
        if handler is not None:
            handler(gateway, command, reply)
        judge.callbacks.said(gateway, command, reply)
        if isinstance(reply, Ok):
            judge.heard.said(gateway, command)
            judge.hands.said(command)

    def _again(self, gateway: GatewaySeen, step: Step, reply: Reply) -> None:
        """A number that comes again has the same outcome, or `already`, and no effect (I14)."""
        first = gateway.replies.get(step.command.seq)
        if not isinstance(reply, Already) and reply != first:
            self._judge.fault("I14", f"{step.command!r} was answered {first!r}, and again {reply!r}")
        if step.quiet and len(step.effects) != 1:
            self._judge.fault("I14", f"{step.command!r} came again and caused {step.effects!r}")

    def enqueue(self, gateway: GatewaySeen, command: ask.Enqueue, reply: Reply) -> None:
        """A contact was brought."""
        judge, key = self._judge, (gateway.key, command.contact)
        visit, known = judge.visits.get(key), self.recently_ended(key)
        if isinstance(reply, RefusedEntry):
            judge.hours.refused(command, reply)
        if visit is not None and visit.body is not None:
            same = body_of(command) == visit.body
            if isinstance(reply, Queued) != same:
                judge.fault("I14", f"{command!r} again, same body {same}: {reply!r}")
        elif known and visit is None and not isinstance(reply, Error):
            judge.fault("I14", f"{key} has ended, and again: {reply!r}")
        elif visit is None and isinstance(reply, Queued):
            judge.fault("I1", f"{key} was queued without a trace")
        elif isinstance(reply, Error) and reply.code in ("ended", "conflict") and key not in judge.ended and not visit:
            judge.fault("I14", f"{key} was never seen: {reply!r}")
        judge.repeats.let_in(visit, command, reply)
        if visit is not None and visit.body is None and isinstance(reply, Queued):
            visit.body = None if visit.unsure else body_of(command)

    def recently_ended(self, key: tuple[str, str]) -> bool:
        """Did it end, and is that remembered still?"""
        judge = self._judge
        return key in judge.ended and judge.now_us < judge.ended[key][0] + judge.settings.limits.ended_kept_us

    def end(self, gateway: GatewaySeen, command: ask.End, reply: Reply) -> None:
        """An id that was never seen is remembered as ended."""
        key = (gateway.key, command.contact)
        if key not in self._judge.visits and not self.recently_ended(key):
            self._judge.ended[key] = (self._judge.now_us, "withdrawn")
