"""How each way in which a visit ends counts in the figures.

The one idea: only those who were answered, or left on their own while waiting, say how well a queue was
served; what was decided otherwise (refused, moved, called back) is counted under its own name.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from router.terms import Outcome

Counts: TypeAlias = Literal["answered", "abandoned", "apart"]

COUNTS_AS: Final[dict[Outcome, Counts]] = {
    "answered": "answered",
    "abandoned": "abandoned",
    "abandoned_in_offer": "abandoned",
    "left_by_key": "apart",
    "callback_taken": "apart",
    "moved": "apart",
    "sent_to_partner": "apart",
    "refused": "apart",
    "withdrawn": "apart",
    "lost_with_gateway": "apart",
    "waited_too_long": "apart",
    "callback_expired": "apart",
}
