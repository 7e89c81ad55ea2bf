"""Delivers notices to webhooks: a signed POST each, tried again with growing pauses, never in anybody's way.

Each webhook has a queue and a worker of its own, so one that is dead holds up no other; within one, notices keep their
order. What is told here is kept in the store until `done` is said of it, so nothing is lost with the process: a notice
may come twice, under the same number.

    POST URL
    Content-Type: application/json
    X-Switchboard-Notice: 815                               the number, the same each time
    X-Switchboard-Signature: t=1763769600,v1=HEX            HMAC-SHA256 of "1763769600." + body under the shared key
    {"notice":815,"site":"main","tenant":"main","webhook":"duty","source":"plan storm","text":"...","utc_s":1763769599}

2xx is an answer; 408, 425, 429, 5xx, no answer and no connection are tried again; anything else is a no.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Final

from router import logs
from router.config.model import Webhook
from router.core.effects import NoticeOut
from router.terms import SECOND_US

if TYPE_CHECKING:
    import aiohttp

TRIES_MOST: Final = 20
"""With pauses of 1, 2, 4 ... 600 s: given up after about two hours. Who has not answered by then has other worries, and
the notice is old news."""
PAUSE_FIRST_S: Final = 1.0
PAUSE_MOST_S: Final = 600.0
ALIKE: Final = 0.5
"""Up to so large a part of a pause is left out by chance, so that many daemons do not knock together."""
AGAIN: Final = frozenset((408, 425, 429))
"""Answers below 500 that mean: later."""

_log = logs.get("webhooks")

Done = Callable[[int, str], None]
"""(number, why it was given up; empty: it was delivered)"""


def signature(key: bytes, utc_s: int, body: bytes) -> str:
    """What proves that a notice is ours: compare it in constant time, and refuse a time that is long ago."""
    digest = hmac.new(key, b"%d." % utc_s + body, hashlib.sha256).hexdigest()
    return f"t={utc_s},v1={digest}"


def body_of(site: str, notice: NoticeOut) -> bytes:
    """The JSON of a notice, the same bytes each time."""
    said = {
        "notice": notice.number,
        "site": site,
        "tenant": notice.tenant,
        "webhook": notice.webhook,
        "source": notice.source,
        "text": notice.text,
        "utc_s": notice.utc_s,
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


class Webhooks:
    """All webhooks of a site."""

    def __init__(
        self,
        site: str,
        hooks: Iterable[Webhook],
        done: Done,
        *,
        most: int = 1_000,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._site = site
        self._done = done
        self._most = most
        """Notices in hand: as many as the engine keeps, which gives up the oldest beyond it."""
        self._pause = pause
        self._hooks: dict[tuple[str, str], Webhook] = {}
        self._queues: dict[tuple[str, str], deque[NoticeOut]] = {}
        self._workers: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._known: set[int] = set()
        self._session: aiohttp.ClientSession | None = None
        self.retried = 0
        """Tries that were not answered, since the start."""
        self.take_settings(hooks)

    def take_settings(self, hooks: Iterable[Webhook]) -> None:
        """These are the webhooks from now on; a try that runs goes on to its end."""
        self._hooks = {(hook.tenant, hook.name): hook for hook in hooks}

    def post(self, notice: NoticeOut) -> None:
        """Deliver this, some time; one that is in hand already is not taken twice."""
        if notice.number in self._known:
            return
        key = (notice.tenant, notice.webhook)
        self._known.add(notice.number)
        queue = self._queues.setdefault(key, deque())
        queue.append(notice)
        if len(self._known) > self._most and len(queue) > 1:
            # The engine has given it up as well. The first is being tried.
            self._known.discard(queue[1].number)
            del queue[1]
        worker = self._workers.get(key)
        if worker is None or worker.done():
            self._workers[key] = asyncio.get_running_loop().create_task(self._work(key), name=f"webhook {key[1]}")

    async def stop(self) -> None:
        """End at once: what is in hand is in the store as well, and is posted again by the next start."""
        for worker in self._workers.values():
            worker.cancel()
        await asyncio.gather(*self._workers.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _work(self, key: tuple[str, str]) -> None:
        queue = self._queues[key]
        while queue:
            notice = queue[0]
            failed = await self._deliver(key, notice)
            queue.popleft()
            self._known.discard(notice.number)
            if failed:
                _log.warning("notice_given_up", webhook=key[1], notice=notice.number, why=failed)
            self._done(notice.number, failed)

    async def _deliver(self, key: tuple[str, str], notice: NoticeOut) -> str:
        """Try until it is answered. Returns why it was given up; empty: it was not."""
        why = ""
        for number in range(TRIES_MOST):
            hook = self._hooks.get(key)
            if hook is None:
                return "there is no such webhook any more"
            why, again = await self._try(hook, notice)
            if not again:
                return why
            self.retried += 1
            most_s = min(PAUSE_MOST_S, PAUSE_FIRST_S * 2**number)
            await self._pause(most_s * (1 - ALIKE * random.random()))  # chance for spreading, no secret
        return f"{why}, {TRIES_MOST} times"

    async def _try(self, hook: Webhook, notice: NoticeOut) -> tuple[str, bool]:
        """One POST: what was wrong, and whether another try makes sense."""
        # Not with the start, which it would make a tenth of a second longer; and the first time beside the loop.
        await asyncio.to_thread(import_module, "aiohttp")
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession()
        body = body_of(self._site, notice)
        headers = {
            "Content-Type": "application/json",
            "X-Switchboard-Notice": str(notice.number),
            "X-Switchboard-Signature": signature(hook.key or b"", int(time.time()), body),
        }
        timeout = aiohttp.ClientTimeout(total=hook.timeout_us / SECOND_US)
        try:
            # Redirects are not followed: what is signed for one address is for no other.
            async with self._session.post(
                hook.url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                status = answer.status
        except TimeoutError:
            return "no answer in time", True
        except aiohttp.InvalidURL:
            return "its address is none", False
        except (aiohttp.ClientError, OSError) as error:
            return type(error).__name__, True
        if 200 <= status < 300:
            return "", False
        return f"answered {status}", status >= 500 or status in AGAIN
