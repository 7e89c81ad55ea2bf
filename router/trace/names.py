"""Names of a foreign system turned into ids that the engine takes.

Queues and agents of a record may be called `SIP/8007` or have spaces in them; the engine's ids may not. It
must not know which system a name came from.

The one idea: only what an id may not contain is replaced, so that a name stays readable.
"""

from __future__ import annotations

import re

from router.terms import is_id

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._:@+\-]+")
_LONGEST = 56
"""Less than an id may have: room for a number behind the name."""


def as_id(name: str) -> str:
    """The name itself where it is an id; else with every run of other characters turned into one
    underscore."""
    if is_id(name):
        return name
    return _NOT_IN_AN_ID.sub("_", name)[:_LONGEST] or "_"
