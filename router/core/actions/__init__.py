"""Actions: what rules and plans can lay over the configuration, one module each.

Adding one is a module here with its type, a row in `AnyAction`, and its settings in
`router/config/catalogue/actions.py`. Of what it needs from the running world, `base.Action` says all.
"""

from __future__ import annotations

from typing import TypeAlias, get_args

from router.core.actions.activate_plan import ActivatePlan
from router.core.actions.announce import AnnounceSpecial
from router.core.actions.base import Action, QueueAction, Target
from router.core.actions.borrow import Borrow
from router.core.actions.change_needs import ChangeNeeds
from router.core.actions.change_target import ChangeTarget
from router.core.actions.empty import Empty
from router.core.actions.keep_idle import KeepIdle
from router.core.actions.limit_entry import CloseEntry, LimitEntry
from router.core.actions.notify import Notify
from router.core.actions.occupancy_cap import OccupancyCap
from router.core.actions.overflow import Overflow
from router.core.actions.raise_priority import RaisePriority
from router.core.actions.relax import Relax
from router.core.actions.send_to_partner import SendToPartner
from router.core.actions.share import ShareOfTime
from router.core.actions.steer import OfferCallback, SteerAway
from router.core.actions.switch_balance import SwitchBalance

AnyAction: TypeAlias = (
    ChangeTarget
    | RaisePriority
    | ChangeNeeds
    | Relax
    | LimitEntry
    | CloseEntry
    | Overflow
    | SendToPartner
    | OfferCallback
    | SteerAway
    | AnnounceSpecial
    | Empty
    | ActivatePlan
    | Notify
    | Borrow
    | KeepIdle
    | SwitchBalance
    | ShareOfTime
    | OccupancyCap
)
"""Every action there is. In this order those on one target are laid over one another: a head start is weighed by the
target in force."""

ACTIONS: dict[str, type[Action]] = {str(action.__struct_config__.tag): action for action in get_args(AnyAction)}
"""`kind` -> type."""

ORDER: dict[type[Action], int] = {action: place for place, action in enumerate(get_args(AnyAction))}

__all__ = [
    "ACTIONS",
    "ORDER",
    "Action",
    "ActivatePlan",
    "AnnounceSpecial",
    "AnyAction",
    "Borrow",
    "ChangeNeeds",
    "ChangeTarget",
    "CloseEntry",
    "Empty",
    "KeepIdle",
    "LimitEntry",
    "Notify",
    "OccupancyCap",
    "OfferCallback",
    "Overflow",
    "QueueAction",
    "RaisePriority",
    "Relax",
    "SendToPartner",
    "ShareOfTime",
    "SteerAway",
    "SwitchBalance",
    "Target",
]
