"""Which function answers which request: the one place where messages of the wire meet what handles them.

A handler gets the world, the sender and the request, changes the world through its methods, and returns the reply; or
it raises `Refused`, and has changed nothing. None instead of a reply: that is told later, when all is done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from router.core import commands as ask
from router.core.effects import Reply
from router.core.entities import Peer
from router.core.handlers import (
    agents,
    announcements,
    callbacks,
    contacts,
    doors,
    entry,
    hands,
    parking,
    partners,
    picking,
    plans,
    questions,
    rota,
    rules,
    steering,
    sync,
    sync_end,
    tickets,
    who,
)
from router.core.handlers import consults as asking
from router.core.handlers import offers as answers
from router.core.world import World

Handler: TypeAlias = Callable[[World, Peer, Any], Reply | None]

HANDLERS: dict[type[ask.Request], Handler] = {
    ask.Enqueue: entry.enqueue,
    ask.Probe: entry.probe,
    **announcements.HANDLERS,
    ask.Hold: contacts.hold,
    ask.Resume: contacts.resume,
    ask.Update: contacts.update,
    ask.Transfer: contacts.transfer,
    **asking.HANDLERS,
    ask.End: contacts.end,
    ask.Connected: contacts.connected,
    ask.ConnectFailed: contacts.connect_failed,
    ask.Ringing: answers.ringing,
    ask.Accept: answers.accept,
    ask.Reject: answers.reject,
    ask.Complete: contacts.complete,
    ask.ExtendWrapUp: contacts.extend_wrap_up,
    ask.Park: parking.park,
    ask.Unpark: parking.unpark,
    ask.Activity: parking.activity,
    ask.SwitchChannel: parking.switch_channel,
    ask.Pick: picking.pick,
    **tickets.HANDLERS,
    ask.LogIn: agents.log_in,
    ask.LogOut: agents.log_out,
    ask.Ready: agents.ready,
    ask.NotReady: agents.not_ready,
    ask.Attach: agents.attach,
    ask.Detach: agents.detach,
    ask.Occupy: agents.occupy,
    ask.Release: agents.release,
    ask.TakeCallback: callbacks.take_callback,
    ask.ScheduleCallback: callbacks.schedule_callback,
    ask.Dialled: callbacks.dialled,
    ask.TakePlace: callbacks.take_place,
    ask.CancelCallback: callbacks.cancel_callback,
    ask.Callbacks: callbacks.listed,
    ask.Steer: steering.steer,
    ask.Steered: steering.steered,
    ask.Drain: sync.drain,
    ask.Sync: sync.sync,
    ask.SyncEnd: sync_end.sync_end,
    ask.Alive: sync.alive,
    ask.Position: questions.position,
    ask.Status: questions.status,
    ask.Agents: questions.agents,
    ask.Who: who.who,
    **hands.HANDLERS,
    **partners.HANDLERS,
    **plans.HANDLERS,
    **rules.HANDLERS,
    **rota.HANDLERS,
    ask.CloseQueue: doors.close_queue,
    ask.OpenQueue: doors.open_queue,
}

BEFORE_SYNC_END: frozenset[type] = frozenset(
    (
        ask.Sync,
        ask.SyncEnd,
        ask.Status,
        ask.Position,
        ask.Agents,
        ask.Who,
        ask.Callbacks,
        ask.Track,
        ask.Tickets,
        ask.Plans,
        ask.LayersAsked,
        ask.PartnersAsked,
        ask.Rules,
        ask.Rosters,
    )
)
"""What a client may say before the list of what is alive is whole."""
