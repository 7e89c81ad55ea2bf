"""One method for each message, with the message's own fields and the replies that it can get, for type
checkers.

Nothing is declared again: a method takes the arguments of the message's class without `seq`, and what it
may return is the class's own `answers` (a test compares the two). So a new message is one line here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast, overload

from router.client.outbox import Outcome, Outgoing
from router.client.outcomes import Refused, Unknown
from router.wire import catalogue as c

Fields = ParamSpec("Fields")
A = TypeVar("A", bound=c.Message)
B = TypeVar("B", bound=c.Message)
C = TypeVar("C", bound=c.Message)
D = TypeVar("D", bound=c.Message)

Answer: TypeAlias = A | c.Already | Refused | Unknown
"""The reply; or `Already`: done before, its outcome is no longer remembered; or not done; or nobody knows."""


class Caller(ABC):
    """Whoever can send a message and wait for its outcome."""

    @abstractmethod
    async def call(self, request: Outgoing, timeout_s: float | None = None) -> Outcome:
        """See `Client.call`."""


Method: TypeAlias = Callable[Concatenate[Caller, Fields], Coroutine[Any, Any, Answer[A]]]
Build: TypeAlias = Callable[Concatenate[int, Fields], Outgoing]
"""A message's class: its `seq`, which is given later, then its own fields."""

ANSWERS: dict[type[c.Request], tuple[type[c.Message], ...]] = {}
"""Message -> the replies that its method promises."""


@overload
def method(message: Build[Fields], one: type[A], /) -> Method[Fields, A]: ...
@overload
def method(message: Build[Fields], one: type[A], other: type[B], /) -> Method[Fields, A | B]: ...
@overload
def method(
    message: Build[Fields], one: type[A], other: type[B], third: type[C], fourth: type[D], /
) -> Method[Fields, A | B | C | D]: ...
def method(message: Build[Fields], /, *answers: type[c.Message]) -> Method[Fields, Any]:
    """A method that builds `message` from its arguments and calls; it returns one of `answers`, or see
    `Answer`."""
    kind = cast("type[c.Request]", message)
    ANSWERS[kind] = answers

    async def send(self: Caller, /, *args: Fields.args, **kwargs: Fields.kwargs) -> Answer[Any]:
        return await self.call(message(0, *args, **kwargs))

    send.__doc__ = kind.__doc__
    return send


class Calls(Caller):
    """Every message that can be called."""

    enqueue = method(c.Enqueue, c.Queued, c.RefusedEntry, c.PlanStarted, c.PlanStopped)
    probe = method(c.Probe, c.Probed, c.RefusedEntry)
    estimate = method(c.Estimate, c.EstimateReply, c.RefusedEntry)
    hold = method(c.Hold, c.Ok)
    resume = method(c.Resume, c.Ok)
    announced = method(c.Announced, c.Ok)
    key = method(c.Key, c.Ok, c.CallbackTaken)
    update = method(c.Update, c.Ok)
    transfer = method(c.Transfer, c.Ok)
    consult = method(c.Consult, c.Queued, c.RefusedEntry)
    cancel_consult = method(c.CancelConsult, c.Ok)
    complete_consult = method(c.CompleteConsult, c.Ok)
    conference = method(c.Conference, c.Ok)
    leave = method(c.Leave, c.Ok)
    end = method(c.End, c.Ok)
    connected = method(c.Connected, c.Ok)
    connect_failed = method(c.ConnectFailed, c.Ok)
    ringing = method(c.Ringing, c.Ok)
    accept = method(c.Accept, c.Ok)
    reject = method(c.Reject, c.Ok)
    complete = method(c.Complete, c.Ok)
    extend_wrap_up = method(c.ExtendWrapUp, c.Ok)
    park = method(c.Park, c.Ok)
    unpark = method(c.Unpark, c.Ok)
    activity = method(c.Activity, c.Ok)
    switch_channel = method(c.SwitchChannel, c.Ok)
    pick = method(c.Pick, c.Picked)
    open_ticket = method(c.OpenTicket, c.Ok)
    close_ticket = method(c.CloseTicket, c.Ok)
    pend = method(c.Pend, c.Ok)
    reopen = method(c.Reopen, c.Queued)
    log_in = method(c.LogIn, c.Ok)
    log_out = method(c.LogOut, c.Ok)
    ready = method(c.Ready, c.Ok)
    not_ready = method(c.NotReady, c.Ok)
    attach = method(c.Attach, c.Ok)
    detach = method(c.Detach, c.Ok)
    occupy = method(c.Occupy, c.Ok)
    release = method(c.Release, c.Ok)
    take_callback = method(c.TakeCallback, c.CallbackTaken)
    schedule_callback = method(c.ScheduleCallback, c.CallbackTaken)
    dialled = method(c.Dialled, c.Ok)
    take_place = method(c.TakePlace, c.Ok)
    cancel_callback = method(c.CancelCallback, c.Ok)
    callbacks = method(c.Callbacks, c.CallbacksReply)
    steer = method(c.Steer, c.Steering)
    steered = method(c.Steered, c.Ok)
    partner_answered = method(c.PartnerAnswered, c.Ok)
    partner_ended = method(c.PartnerEnded, c.Ok)
    partner_failed = method(c.PartnerFailed, c.Ok)
    drain = method(c.Drain, c.Ok)
    alive = method(c.Alive, c.Ok)
    position = method(c.Position, c.PositionReply)
    status = method(c.Status, c.StatusReply)
    agents = method(c.Agents, c.AgentsReply)
    who = method(c.Who, c.WhoReply)
    audit = method(c.Audit, c.AuditReply)
    difference = method(c.Difference, c.Reloaded)
    apply = method(c.Apply, c.Reloaded)
    confirm_apply = method(c.ConfirmApply, c.Ok)
    versions = method(c.Versions, c.VersionsReply)
    set_agent = method(c.SetAgent, c.Ok)
    set_skills = method(c.SetSkills, c.Ok)
    move_contact = method(c.MoveContact, c.Ok)
    set_priority = method(c.SetPriority, c.Ok)
    close_queue = method(c.CloseQueue, c.Ok)
    open_queue = method(c.OpenQueue, c.Ok)
    assign_contact = method(c.AssignContact, c.Ok)
    pull_contact = method(c.PullContact, c.Ok)
    end_contact = method(c.EndContact, c.Ok)
    start_plan = method(c.StartPlan, c.PlanStarted)
    stop_plan = method(c.StopPlan, c.Ok)
    plans = method(c.Plans, c.PlansReply)
    layers = method(c.LayersAsked, c.LayersReply)
    partners = method(c.PartnersAsked, c.PartnersReply)
    rules = method(c.Rules, c.RulesReply)
    pause_rules = method(c.PauseRules, c.Ok)
    resume_rules = method(c.ResumeRules, c.Ok)
    roster = method(c.Roster, c.RosterReply)
    rosters = method(c.Rosters, c.RostersReply)
    pause_layers = method(c.PauseLayers, c.Ok)
    resume_layers = method(c.ResumeLayers, c.Ok)
    track = method(c.Track, c.TrackReply)
    tickets = method(c.Tickets, c.TicketsReply)
    listen_contact = method(c.ListenContact, c.Ok)
    subscribe = method(c.Subscribe, c.Resumed)
    hand_over = method(c.HandOver, c.HandedOver)
