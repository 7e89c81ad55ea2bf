"""What every request has: one typed message each, which is also the core's command.

Decoding a frame into one of these is validating it; the protocol page is rendered from them. Each class says in
`roles` who may send it, in `answers` which replies it can get, and in `errors` which codes, in order of precedence.
A command changes state and is numbered (`seq` rises within an `instance`); a query changes nothing.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from router.terms import Seq


class Request(Struct, tag_field="t", forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Anything that gets exactly one reply, which carries the request's `seq` as `re`."""

    seq: Seq
    roles: ClassVar[tuple[str, ...]] = ("gateway",)
    answers: ClassVar[tuple[str, ...]] = ("ok",)
    errors: ClassVar[tuple[str, ...]] = ()
    numbered: ClassVar[bool] = True
    of_store: ClassVar[bool] = False
    """Answered from what the store keeps; the core never sees it."""
