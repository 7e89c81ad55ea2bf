"""The matrix of message and contact state, found by trying: each message is said to the real core in each
state.

Nothing is declared but how to reach a state and which messages to try, so the page shows what the engine
does, and a change of it is seen in the page's difference."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from msgspec.structs import replace

from router.core.actions import SendToPartner
from router.core.layers.plan_settings import Plan
from router.core.partners.settings import PartnerContract
from router.core.settings import Agent, Channel, Queue, Settings, WrapUp
from router.core.states import CONTACT
from router.wire import catalogue as c
from tests.docs.registry import renders, table
from tests.docs.talk import Talk

CHANNELS = ("voice", "chat", "ticket")
WRAP_UPS = (("ticket", WrapUp("timed")), ("voice", WrapUp("timed")))
SETTINGS = Settings(
    queues=(
        Queue("cards", channels=CHANNELS, enter_unstaffed=True, wrap_up=WRAP_UPS),
        Queue("loans", channels=CHANNELS, enter_unstaffed=True),
    ),
    agents=(Agent("anna"),),
    plans=(Plan("outside", actions=(SendToPartner(("cards",), ("acme",)),)),),
    partners=(PartnerContract("acme", address="sip:acme"),),
    channels=(Channel("voice", parked_most_us=3_600_000_000), Channel("chat"), Channel("ticket")),
)
GATEWAY = "gw"
CONTACT_ID = "c1"
BODY = c.Enqueue(90, CONTACT_ID, "cards", held=True)

STATES = ("unknown", *(state for state in CONTACT if state != "new"))
"""`unknown`: the engine has never heard of the id, or has forgotten it."""

REACH: dict[str, Callable[[Talk, str], c.Request]] = {
    "offered": lambda talk, offer: c.LogIn(12, "anna", ready=True),
    "connecting": lambda talk, offer: c.Accept(13, offer),
    "connected": lambda talk, offer: c.Connected(14, CONTACT_ID),
    "parked": lambda talk, offer: c.Park(15, CONTACT_ID),
    "assigned": lambda talk, offer: c.CloseTicket(15, CONTACT_ID),
    "sent": lambda talk, offer: c.StartPlan(12, "mia", "why", "outside"),
    "at_partner": lambda talk, offer: c.PartnerAnswered(13, CONTACT_ID, offer),
    "pending": lambda talk, offer: c.Pend(16, CONTACT_ID, "customer"),
    "wrapping": lambda talk, offer: c.End(15, CONTACT_ID),
    "ended": lambda talk, offer: c.Complete(16, CONTACT_ID),
}
"""What leads from the state before to each of these."""
BRANCHES = ("parked", "assigned", "pending")
"""Those that the next ones do not come from."""
OUTSIDE = ("sent", "at_partner")
"""Those that come from waiting, without an agent."""

TRIED: dict[str, Callable[[str], c.Request]] = {
    "enqueue, the same body": lambda offer: BODY,
    "enqueue, another body": lambda offer: c.Enqueue(90, CONTACT_ID, "loans"),
    "hold": lambda offer: c.Hold(90, CONTACT_ID),
    "resume": lambda offer: c.Resume(90, CONTACT_ID),
    "update of data": lambda offer: c.Update(90, CONTACT_ID, data={"k": "v"}),
    "update of priority": lambda offer: c.Update(90, CONTACT_ID, priority_s=60),
    "transfer": lambda offer: c.Transfer(90, CONTACT_ID, "loans"),
    "consult": lambda offer: c.Consult(90, CONTACT_ID, "k1", "loans"),
    "cancel_consult": lambda offer: c.CancelConsult(90, CONTACT_ID),
    "complete_consult": lambda offer: c.CompleteConsult(90, CONTACT_ID),
    "conference": lambda offer: c.Conference(90, CONTACT_ID),
    "leave": lambda offer: c.Leave(90, CONTACT_ID, "anna"),
    "end": lambda offer: c.End(90, CONTACT_ID),
    "connected": lambda offer: c.Connected(90, CONTACT_ID),
    "connect_failed, caller": lambda offer: c.ConnectFailed(90, CONTACT_ID, "caller"),
    "connect_failed, device": lambda offer: c.ConnectFailed(90, CONTACT_ID, "device"),
    "ringing": lambda offer: c.Ringing(90, offer),
    "accept": lambda offer: c.Accept(90, offer),
    "reject": lambda offer: c.Reject(90, offer),
    "partner_answered": lambda offer: c.PartnerAnswered(90, CONTACT_ID, offer or "x"),
    "partner_ended": lambda offer: c.PartnerEnded(90, CONTACT_ID, offer or "x"),
    "partner_failed": lambda offer: c.PartnerFailed(90, CONTACT_ID, offer or "x"),
    "complete": lambda offer: c.Complete(90, CONTACT_ID),
    "park": lambda offer: c.Park(90, CONTACT_ID),
    "unpark": lambda offer: c.Unpark(90, CONTACT_ID),
    "activity, customer": lambda offer: c.Activity(90, CONTACT_ID, "customer"),
    "activity, agent": lambda offer: c.Activity(90, CONTACT_ID, "agent"),
    "switch_channel": lambda offer: c.SwitchChannel(90, CONTACT_ID, "chat"),
    "close_ticket": lambda offer: c.CloseTicket(90, CONTACT_ID),
    "open_ticket": lambda offer: c.OpenTicket(90, CONTACT_ID),
    "pend": lambda offer: c.Pend(90, CONTACT_ID, "customer"),
    "extend_wrap_up": lambda offer: c.ExtendWrapUp(90, CONTACT_ID, 1000),
    "ready, of the contact": lambda offer: c.Ready(90, "anna", contact=CONTACT_ID),
    "move_contact": lambda offer: c.MoveContact(90, "mia", "why", CONTACT_ID, "loans"),
    "set_priority": lambda offer: c.SetPriority(90, "mia", "why", CONTACT_ID, 60),
    "assign_contact": lambda offer: c.AssignContact(90, "mia", "why", CONTACT_ID, "anna"),
    "pull_contact": lambda offer: c.PullContact(90, "mia", "why", CONTACT_ID),
    "end_contact": lambda offer: c.EndContact(90, "mia", "why", CONTACT_ID),
    "listen_contact": lambda offer: c.ListenContact(90, "mia", "why", CONTACT_ID, "p9"),
    "position": lambda offer: c.Position(90, CONTACT_ID),
}
ABOUT_TICKETS = ("close_ticket", "open_ticket", "pend")
OF_TICKETS = ("assigned", "pending")
ABOUT_OFFERS = ("ringing", "accept", "reject")


AGENT_STATES = ("offline", "not_ready", "available", "connected")
AGENT_TRIED: dict[str, c.Request] = {
    "log_in": c.LogIn(90, "anna"),
    "log_in, ready": c.LogIn(90, "anna", ready=True),
    "ready": c.Ready(90, "anna"),
    "not_ready": c.NotReady(90, "anna", "break"),
    "log_out": c.LogOut(90, "anna"),
    "attach": c.Attach(90, "p2", "anna"),
    "detach": c.Detach(90, "p1"),
    "occupy": c.Occupy(90, "p1", "outbound"),
    "release": c.Release(90, "p1"),
    "pick": c.Pick(90, "anna"),
}


def channel(tried: str, state: str) -> str:
    """A call, where it need not be a ticket (without a path)."""
    about = tried in ABOUT_TICKETS and state not in ("parked", *OUTSIDE)
    return "ticket" if state in OF_TICKETS or about else "voice"


def reach(state: str, channel: str = "voice") -> tuple[Talk, str]:
    """An engine with the contact in that state, and the id of its offer, empty where it never had one."""
    talk = Talk(SETTINGS)
    talk.up(GATEWAY, sends=True)
    talk.say(GATEWAY, c.Attach(2, "p1", "anna", ("voice", "ticket")))
    talk.say(GATEWAY, c.LogIn(3, "anna"))
    offer = ""
    if state != "unknown":
        talk.say(GATEWAY, replace(BODY, seq=10, channel=channel))
    if state not in ("unknown", "held"):
        talk.say(GATEWAY, c.Resume(11, CONTACT_ID))
    if state in REACH:
        for name, step in REACH.items():
            if (name in BRANCHES and name != state) or (name in OUTSIDE) != (state in OUTSIDE):
                continue
            for _, message in talk.say(GATEWAY, step(talk, offer)):
                offer = message.offer if isinstance(message, c.Offer) else offer
                offer = message.send if isinstance(message, c.Send) else offer
            if name == state:
                break
    assert talk.state_of(GATEWAY, CONTACT_ID) == state, (state, talk.state_of(GATEWAY, CONTACT_ID))
    return talk, offer


@cache
def outcome(tried: str, state: str) -> str:
    """What the message gets in that state, and the state that it leads to where that is another one."""
    talk, offer = reach(state, channel(tried, state))
    if tried in ABOUT_OFFERS and not offer:
        return ""
    request = TRIED[tried](offer)
    if isinstance(request, c.Enqueue):
        request = replace(request, channel=channel(tried, state))
    reply = talk.reply(GATEWAY, request)
    after = talk.state_of(GATEWAY, CONTACT_ID)
    said = reply.code if isinstance(reply, c.Error) else str(reply.__struct_config__.tag)
    return f"`{said}`" if after == state else f"`{said}`, {after}"


@renders("validity.contact")
def contact_matrix() -> str:
    """One row a message, one column a state."""
    rows = [(tried, *(outcome(tried, state) for state in STATES)) for tried in TRIED]
    return table(("message", *STATES), rows)


def agent_outcome(tried: str, state: str) -> str:
    """What the message gets while the agent is in that state, and the state that follows where it is
    another."""
    if state == "connected":
        talk, _ = reach("connected")
    else:
        talk = Talk(SETTINGS)
        talk.up(GATEWAY)
        talk.say(GATEWAY, c.Attach(2, "p1", "anna", ("voice", "ticket")))
        if state != "offline":
            talk.say(GATEWAY, c.LogIn(3, "anna", ready=state == "available"))
    agent = talk.engine.world.agent("main", "anna")
    before = agent.state
    reply = talk.reply(GATEWAY, AGENT_TRIED[tried])
    said = reply.code if isinstance(reply, c.Error) else str(reply.__struct_config__.tag)
    if agent.next_state:
        return f"`{said}`, {agent.next_state} afterwards"
    return f"`{said}`" if agent.state == before else f"`{said}`, {agent.state}"


@renders("validity.agent")
def agent_matrix() -> str:
    """One row a message, one column a state; the last is an available agent in talk."""
    rows = [(tried, *(agent_outcome(tried, state) for state in AGENT_STATES)) for tried in AGENT_TRIED]
    return table(("message", *AGENT_STATES[:-1], "in talk"), rows)
