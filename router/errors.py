"""The catalogue of refusals: for each code whose fault it is, whether the connection lives, and what to do.

The protocol page prints this table, the wire sends its codes, and the core raises `Refused` with one of them.
A code is never invented at the place where it is raised: `Refused` looks it up here.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class ErrorKind(NamedTuple):
    """One row of the catalogue."""

    fault: Literal["client", "engine", "nobody"]
    closes: bool
    remedy: str


ERRORS: dict[str, ErrorKind] = {
    # The connection itself: these close it, because nothing that follows could be trusted.
    "bad_frame": ErrorKind("client", True, "send a 4-byte big-endian length, then one MessagePack map"),
    "frame_too_large": ErrorKind("client", True, "keep frames within the limit that welcome names"),
    "frame_too_slow": ErrorKind("client", True, "send a whole frame within the limit that welcome names"),
    "hello_first": ErrorKind("client", True, "begin the connection with hello"),
    "second_hello": ErrorKind("client", True, "say hello once a connection"),
    "no_common_protocol": ErrorKind("client", True, "offer a protocol range that includes the engine's"),
    "wrong_key": ErrorKind("client", True, "check the shared key and the name that belongs to it"),
    "hello_too_late": ErrorKind("client", True, "finish hello and auth within the time allowed"),
    "too_many_connections": ErrorKind("engine", True, "wait, then connect again with a random delay"),
    "replaced": ErrorKind("nobody", True, "another connection took this name; run one client a name"),
    "too_slow_reader": ErrorKind("client", True, "read what the engine sends; connect again"),
    "silent": ErrorKind("client", True, "send a ping at least every heartbeat"),
    "stale_epoch": ErrorKind("engine", True, "this engine is not the leader any more; use another address"),
    "stopping": ErrorKind("engine", True, "the engine is being stopped; connect again in a moment"),
    # One message: the connection lives.
    "bad_message": ErrorKind("client", False, "compare the message with the protocol page"),
    "unknown_type": ErrorKind("client", False, "use a message type that the protocol page lists"),
    "unknown_field": ErrorKind("client", False, "leave the field out, or agree on its feature in hello"),
    "wrong_role": ErrorKind("client", False, "connect anew, and say hello with a role that may send this message"),
    "not_synced": ErrorKind("client", False, "end the list of what is alive with sync_end first, and wait for synced"),
    "busy": ErrorKind("engine", False, "send it again after retry_ms"),
    "bad_id": ErrorKind("client", False, "use 1 to 64 of A-Z a-z 0-9 . _ : @ + -"),
    "conflict": ErrorKind("client", False, "this id is taken by another body; use a new id for a new visit"),
    "ended": ErrorKind("client", False, "this visit is over; use a new id for a new visit"),
    "gone": ErrorKind("nobody", False, "the offer is over; do nothing more for it"),
    "bad_state": ErrorKind("client", False, "see the table of messages and states"),
    "not_allowed": ErrorKind("client", False, "the configuration does not allow it here; see its settings"),
    "no_room": ErrorKind("client", False, "the agent has no room or no device for it: finish or park something first"),
    "nothing_waits": ErrorKind("nobody", False, "no contact waits that this agent may pick; ask again later"),
    "not_yours": ErrorKind("client", False, "act only on your own contacts, endpoints and offers"),
    "no_route": ErrorKind("client", False, "name a queue, or give what a row of routes.toml asks for"),
    "unknown_steer": ErrorKind("client", False, "name the steer that the advice named"),
    "unknown_queue": ErrorKind("client", False, "name a queue of the configuration"),
    "unknown_channel": ErrorKind("client", False, "name a channel that this queue or agent serves"),
    "queue_closed": ErrorKind("client", False, "the queue is closed now; transfer to another one"),
    "unknown_agent": ErrorKind("client", False, "name an agent of the configuration"),
    "unknown_contact": ErrorKind(
        "client", False, "enqueue the contact first; one that has ended is not known for long"
    ),
    "ambiguous_contact": ErrorKind("client", False, "several gateways have a contact of this id; name its gateway too"),
    "unknown_offer": ErrorKind("client", False, "answer with the id of an offer that you were sent"),
    "unknown_endpoint": ErrorKind("client", False, "attach the endpoint first"),
    "unknown_code": ErrorKind("client", False, "use codes that the queue lists"),
    "unknown_skill": ErrorKind("client", False, "name a skill that a queue or an agent of the configuration has"),
    "unknown_reason": ErrorKind("client", False, "use a not-ready reason that the configuration lists"),
    "address_taken": ErrorKind("client", False, "one address serves one agent; detach it there first"),
    "not_logged_in": ErrorKind("client", False, "log the agent in first"),
    "data_too_large": ErrorKind("client", False, "keep data within data_bytes_max in all"),
    "bad_needs": ErrorKind("client", False, "compare needs and relax with the protocol page"),
    "too_many_queues": ErrorKind("client", False, "name fewer queues; `queues_per_contact_max` says how many"),
    "one_queue_only": ErrorKind("client", False, "leave `queues` out: this channel waits in one queue at a time"),
    "too_many_needs": ErrorKind("client", False, "use fewer different needs in one queue"),
    "too_many_units": ErrorKind("client", False, "ask for no more units than the agent's capacity"),
    "no_standby": ErrorKind(
        "client", False, "nobody stands by on this store: start a second daemon for the site, then ask again"
    ),
    "unknown_version": ErrorKind("client", False, "name a version that `switchboard history` lists"),
    "no_trial": ErrorKind("client", False, "no version is on trial: it was confirmed, or has been taken back"),
    "unknown_token": ErrorKind("client", False, "ask again without the token: it is wrong, used or expired"),
    "unknown_callback": ErrorKind("client", False, "name a call-back that is open"),
    "no_callbacks": ErrorKind("client", False, "this queue takes no call-backs, or no gateway here dials"),
    "number_not_allowed": ErrorKind("client", False, "give a number that this queue may dial"),
    "callback_open": ErrorKind("client", False, "this number or customer has a call-back open here; keep or take that"),
    "too_many_callbacks": ErrorKind("engine", False, "this queue has promised as many call-backs as it may"),
    "bad_window": ErrorKind("client", False, "let the time end after it begins"),
    "unknown_key": ErrorKind("client", False, "tell only keys that the last announcement with keys has offered"),
    "number_needed": ErrorKind("client", False, "send the key again with the number to dial"),
    "unknown_path": ErrorKind("client", False, "name a path of the configuration that has a node in this queue"),
    "unknown_ticket": ErrorKind("client", False, "it never was, or ended too long ago: open a new one with enqueue"),
    "path_end": ErrorKind("client", False, "its path ends here: complete it with resolved yes, or pend it"),
    "hops_max": ErrorKind("client", False, "it has gone round often enough: send it on unresolved, to the path's end"),
    "unknown_plan": ErrorKind("client", False, "name a plan of the configuration"),
    "unknown_rule": ErrorKind("client", False, "name a rule of the configuration"),
    "not_active": ErrorKind("client", False, "it is not active; nothing is to be stopped"),
    "unknown_source": ErrorKind("client", False, "name a plan of the configuration, or a rule that has layers"),
    "not_paused": ErrorKind("client", False, "resume by the same words by which it was paused; see layers"),
    "bad_roster": ErrorKind(
        "client", False, "let each entry end after it begins, within two days, not be `off`, and no day stand twice"
    ),
    "roster_full": ErrorKind("client", False, "plan fewer days, or raise roster_days_max"),
    "no_capacity": ErrorKind("client", False, "close something else first"),
    "until_needed": ErrorKind("client", False, "say until_ms, the date for which it waits"),
    "internal": ErrorKind("engine", False, "our own mistake; it was logged with this message's number"),
}


class Refused(Exception):
    """A command that changes nothing: `code` is a row of `ERRORS`, `detail` names the thing that was wrong."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        if code not in ERRORS:
            raise KeyError(f"no such error code: {code}")
        self.code = code
        self.detail = detail


class IllegalMove(AssertionError):
    """The engine asked for a move that a state's table does not have: a mistake of ours, never of a client."""
