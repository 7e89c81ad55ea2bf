"""The rows of an action, as `[[...actions]]` of a plan or a rule. Which of them go with which kind is in `KINDS`."""

from __future__ import annotations

from typing import NamedTuple

from router.config.catalogue.machine import DAY_S
from router.config.kinds.announcements import Parameters
from router.config.kinds.fields import Choice, Flag, Levels, Name, Names, Number, Seconds, Text, Whole
from router.config.kinds.needs import Needs
from router.config.rows import Row, Section
from router.core import actions as core


class ActionKind(NamedTuple):
    """A kind of action: its type, and the rows that it has."""

    struct: type[core.Action]
    needs: tuple[str, ...] = ()
    """Rows that must be there."""
    one_of: tuple[str, ...] = ()
    """At least one of these must be there."""
    may: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.needs, *self.one_of, *self.may)


LENT_SKILLS_MAX = 16
"""Of one loan: what one queue asks for, and some."""
LOAN = (
    "mode", "agents_most", "step_s", "keep_idle", "keep_ewt_s", "keep_service_level", "keep_queues", "first",
    "moves_an_hour_most",
)  # fmt: skip

KINDS: dict[str, ActionKind] = {
    "change_target": ActionKind(core.ChangeTarget, ("queues", "target_s")),
    "raise_priority": ActionKind(core.RaisePriority, ("queues",), ("boost", "head_start_s")),
    "change_needs": ActionKind(core.ChangeNeeds, ("queues",), ("needs", "add", "also")),
    "relax": ActionKind(core.Relax, ("queues", "after_s"), ("needs", "also")),
    "limit_entry": ActionKind(core.LimitEntry, ("queues", "waiting_max"), (), ("message", "to")),
    "close_entry": ActionKind(core.CloseEntry, ("queues",), (), ("message", "to")),
    "overflow": ActionKind(core.Overflow, ("queues", "to"), (), ("after_s",)),
    "send_to_partner": ActionKind(core.SendToPartner, ("queues", "partners"), (), ("after_s", "share")),
    "offer_callback": ActionKind(core.OfferCallback, ("queues",), (), ("gain_least_s",)),
    "steer": ActionKind(core.SteerAway, ("queues", "to"), (), ("queue", "gain_least_s")),
    "announce": ActionKind(core.AnnounceSpecial, ("queues", "message"), (), ("parameters", "expires_s")),
    "empty": ActionKind(core.Empty, ("queues",), ("to", "callback", "message")),
    "activate_plan": ActionKind(core.ActivatePlan, ("plan",)),
    "notify": ActionKind(core.Notify, ("webhook", "text")),
    "borrow": ActionKind(core.Borrow, ("skills",), ("team", "queues"), LOAN),
    "keep_idle": ActionKind(core.KeepIdle, ("queues", "agents"), (), ("but_class",)),
    "balance": ActionKind(core.SwitchBalance, ("queues",), (), ("on",)),
    "share": ActionKind(core.ShareOfTime, ("queues", "share_most"), (), ("team", "window_s")),
    "occupancy_cap": ActionKind(core.OccupancyCap, ("occupancy_most",), (), ("team", "breather_s", "window_s")),
}
"""`kind` -> what goes with it. All of `core.ACTIONS` must be here."""

ACTIONS = Section(
    "actions",
    "What it does, in this order; each table one action of the `kind` named, undone exactly when its source ends.",
    (
        Row("kind", Choice(tuple(KINDS)), "Which action."),
        Row(
            "queues",
            Names(500, least=1),
            "The queues that it is for; borrow: who serves one of them is a donor.",
        ),
        Row("target_s", Seconds(0.001, 366 * DAY_S), "change_target: the target."),
        Row("boost", Number(-1e6, 1e6), "raise_priority: added to the queue's boost; below 0 others come first."),
        Row(
            "head_start_s",
            Seconds(0, DAY_S),
            "raise_priority: as if everybody in the queue had come so much earlier.",
        ),
        Row(
            "needs",
            Needs(),
            "change_needs: in the place of the queue's needs; relax: in the place of those before the step.",
        ),
        Row("add", Needs(), "change_needs: must hold too."),
        Row("also", Needs(), "change_needs, relax: who meets this may serve as well."),
        Row(
            "after_s",
            Seconds(0, 366 * DAY_S),
            "relax: from this wait on; overflow, send_to_partner: who has waited so long in the queue, 0: whoever "
            "waits.",
        ),
        Row(
            "waiting_max",
            Whole(0, 1_000_000),
            "limit_entry: who comes while so many wait is refused as `full`. Never more than the queue's own.",
            unit="contacts",
        ),
        Row(
            "message",
            Text(64),
            "limit_entry, close_entry: for who is not let in; announce: what is said; empty: for who can go nowhere "
            "else, and is ended.",
        ),
        Row(
            "to",
            Text(64),
            "limit_entry, close_entry, overflow, empty: the queue that takes them; steer: `self_service`, or a "
            "channel.",
        ),
        Row("partners", Names(16, least=1), "send_to_partner: the first of these that may take one more has it."),
        Row(
            "share",
            Number(0.001, 1),
            "send_to_partner: of what comes into a queue, to each partner; never more than its contract allows.",
            unit="share",
        ),
        Row("queue", Name(), "steer: the queue where that channel is served."),
        Row(
            "gain_least_s",
            Seconds(0, DAY_S),
            "steer, offer_callback: only where so much expected wait is gained; 0: whatever the wait.",
        ),
        Row("parameters", Parameters(16), "announce: what is to be filled in."),
        Row("expires_s", Seconds(0, 366 * DAY_S), "announce: it ends after so long; 0: with its plan or rule."),
        Row("callback", Flag(), "empty: a call-back for who can't be moved."),
        Row("plan", Name(), "activate_plan: the plan, active as long as this is in force."),
        Row("webhook", Name(), "notify: to whom; one of `webhooks`."),
        Row("text", Text(500), "notify: what is to be said."),
        Row("skills", Levels(LENT_SKILLS_MAX), "borrow: the skills that are lent, and their levels."),
        Row(
            "team",
            Text(64),
            "borrow: the team whose agents are lent; share, occupancy_cap: the team that it is about, everybody where "
            "none is named.",
        ),
        Row(
            "mode",
            Choice(("also", "only")),
            "borrow: `also` beside their own skills, `only` in their place.",
        ),
        Row("agents_most", Whole(1, 10_000), "borrow: no more than so many at a time.", unit="agents"),
        Row(
            "step_s",
            Seconds(0, 3600),
            "borrow: one more, or one fewer, each so often; 0: as many as may at once.",
        ),
        Row(
            "keep_idle",
            Whole(0, 10_000),
            "borrow: so many of the donors stay free; with fewer the last lent goes back.",
            unit="agents",
        ),
        Row(
            "keep_ewt_s",
            Seconds(0, DAY_S),
            "borrow: with a longer expected wait in a donors' queue the last lent goes back; 0: no matter.",
        ),
        Row(
            "keep_service_level",
            Number(0, 1),
            "borrow: with a lower service level in a donors' queue, over its `level_window_s`, the last lent goes "
            "back; 0: no matter.",
        ),
        Row("keep_queues", Names(500), "borrow: the queues that both are about; none named: `queues`."),
        Row(
            "first",
            Choice(("longest_idle", "best_skill", "least_flexible")),
            "borrow: who of those who are free goes first.",
        ),
        Row(
            "agents",
            Whole(1, 1000),
            "keep_idle: so many of those who could be offered a contact of the queue, in each of its channels, are "
            "given nothing of other queues.",
            unit="agents",
        ),
        Row(
            "but_class",
            Whole(0, 9),
            "keep_idle: but contacts of this `contact_class` or above; 0: nothing.",
            unit="class",
        ),
        Row("on", Flag(), "balance: whether the balance that these queues are in decides about them."),
        Row(
            "share_most",
            Number(0, 1),
            "share: who has spent more of their ready time on contacts of the queue is offered no more of them until "
            "it has fallen.",
        ),
        Row(
            "occupancy_most",
            Number(0, 1),
            "occupancy_cap: who has worked more of the window is given a breather after each contact; breaks are rest.",
        ),
        Row("breather_s", Seconds(1, 3600), "occupancy_cap: how long a breather lasts, unless they say `ready`."),
        Row(
            "window_s",
            Seconds(60, DAY_S),
            "share, occupancy_cap: counted over this time past, in twelve parts; an hour for a share, half of one for "
            "a cap, unless said.",
        ),
        Row("moves_an_hour_most", Whole(1, 3600), "borrow: nobody is lent more often than this.", unit="moves"),
    ),
    each=True,
)
