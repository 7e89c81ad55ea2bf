"""Notices arrive signed, once each has been answered, in their order; nobody waits for a webhook that is dead.

Against a real HTTP server on a free port of this machine; pauses are counted, not waited for.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from router.config.model import Webhook
from router.core.effects import NoticeOut
from router.webhooks.delivery import TRIES_MOST, Webhooks, body_of, signature

KEY = b"0123456789abcdef0123456789abcdef"
NOTICE = NoticeOut(7, "main", "duty", "plan storm", "it storms – hail", 1_763_769_599)


class Outside:
    """A program that gets notices, and what it answers, in turn; then 204."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.url = ""
        self.hangs = asyncio.Event()
        """While it is not set, `/hang` does not answer."""

    async def handle(self, request: web.Request) -> web.Response:
        """One notice."""
        if request.path == "/hang":
            await self.hangs.wait()
        self.came.append((dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 204, headers={"Location": "/elsewhere"})


def run(story: Callable[[Outside, Callable[..., Webhooks], list[Any]], Awaitable[None]]) -> None:
    """Run a story with a server outside; `done` gathers what became of notices, and the pauses taken between."""

    async def whole() -> None:
        outside = Outside()
        happened: list[Any] = []
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", outside.handle)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        outside.url = f"http://{host}:{port}"
        made: list[Webhooks] = []

        async def pause(seconds: float) -> None:
            happened.append(round(seconds, 3))
            await asyncio.sleep(0)

        def webhooks(*hooks: Webhook, **more: Any) -> Webhooks:
            given = hooks or (Webhook("duty", f"{outside.url}/duty", key=KEY),)
            made.append(Webhooks("north", given, lambda *done: happened.append(done), pause=pause, **more))
            return made[-1]

        try:
            async with asyncio.timeout(20):
                await story(outside, webhooks, happened)
        finally:
            outside.hangs.set()
            for each in made:
                await each.stop()
            await runner.cleanup()

    asyncio.run(whole())


async def until(condition: Callable[[], object]) -> None:
    """Let others go on until this is so."""
    while not condition():  # noqa: ASYNC110  # nothing tells when a worker has come so far
        await asyncio.sleep(0)


def test_a_notice_is_signed_and_says_all() -> None:
    """Who has the key can tell that it is ours, and has not been changed or kept for later."""

    async def story(outside: Outside, webhooks: Callable[..., Webhooks], happened: list[Any]) -> None:
        webhooks().post(NOTICE)
        await until(lambda: happened)
        assert happened == [(7, "")]
        ((headers, body),) = outside.came
        said = json.loads(body)
        assert said == {
            "notice": 7, "site": "north", "tenant": "main", "webhook": "duty", "source": "plan storm",
            "text": "it storms – hail", "utc_s": 1_763_769_599,
        }  # fmt: skip
        assert headers["X-Switchboard-Notice"] == "7"
        given = dict(part.split("=") for part in headers["X-Switchboard-Signature"].split(","))
        expected = hmac.new(KEY, given["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(given["v1"], expected)
        assert "aaaa" not in signature(b"a" * 32, 1, body_of("north", NOTICE)).replace(expected, "")

    run(story)


def test_what_fails_for_a_while_is_tried_again_with_growing_pauses() -> None:
    """Errors of the other side, and "later", are tried again; the body is the same each time, and comes once more."""

    async def story(outside: Outside, webhooks: Callable[..., Webhooks], happened: list[Any]) -> None:
        outside.answers = [500, 429, 503]
        hooks = webhooks()
        hooks.post(NOTICE)
        hooks.post(NOTICE)
        await until(lambda: (7, "") in happened)
        pauses = happened[:-1]
        assert [0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses)] == [True] * 3
        assert len({body for _, body in outside.came}) == 1
        assert len(outside.came) == 4
        assert hooks.retried == 3

    run(story)


@pytest.mark.parametrize("answer", [301, 400, 401, 404, 410])
def test_a_no_is_a_no(answer: int) -> None:
    """What will not be answered otherwise is given up at once, and redirects are not followed with our signature."""

    async def story(outside: Outside, webhooks: Callable[..., Webhooks], happened: list[Any]) -> None:
        outside.answers = [answer]
        webhooks().post(NOTICE)
        await until(lambda: happened)
        assert happened == [(7, f"answered {answer}")]
        assert len(outside.came) == 1

    run(story)


def test_nobody_there_is_given_up_after_all_tries() -> None:
    """A port where nobody listens: the pauses grow up to their most, and then it is over."""

    async def story(_: Outside, webhooks: Callable[..., Webhooks], happened: list[Any]) -> None:
        webhooks(Webhook("duty", "http://127.0.0.1:9/", key=KEY)).post(NOTICE)
        await until(lambda: happened and isinstance(happened[-1], tuple))
        assert len(happened) == TRIES_MOST + 1
        assert max(happened[:-1]) <= 600.0
        assert happened[-1][0] == 7
        assert happened[-1][1].endswith(f"{TRIES_MOST} times")

    run(story)


def test_a_webhook_that_hangs_holds_up_no_other() -> None:
    """Each has a worker of its own; its time-out counts as no answer."""

    async def story(outside: Outside, webhooks: Callable[..., Webhooks], happened: list[Any]) -> None:
        hooks = webhooks(
            Webhook("slow", f"{outside.url}/hang", timeout_us=60_000_000, key=KEY),
            Webhook("late", f"{outside.url}/hang", timeout_us=50_000, key=KEY),
            Webhook("duty", f"{outside.url}/duty", key=KEY),
        )
        hooks.post(NoticeOut(1, "main", "slow", "s", "t", 1))
        hooks.post(NoticeOut(2, "main", "duty", "s", "t", 1))
        await until(lambda: (2, "") in happened)
        assert (1, "") not in happened
        hooks.post(NoticeOut(3, "main", "late", "s", "t", 1))
        await until(lambda: hooks.retried)
        outside.hangs.set()
        await until(lambda: {(1, ""), (3, "")} <= {each for each in happened if isinstance(each, tuple)})

    run(story)


def test_notices_keep_their_order_and_the_oldest_waiting_gives_way() -> None:
    """Beyond the most in hand the oldest that is not being tried goes, as the engine has given it up as well."""

    async def story(outside: Outside, webhooks: Callable[..., Webhooks], happened: list[Any]) -> None:
        hooks = webhooks(Webhook("duty", f"{outside.url}/hang", key=KEY), most=3)
        for number in range(1, 6):
            hooks.post(NoticeOut(number, "main", "duty", "s", "t", 1))
        outside.hangs.set()
        await until(lambda: len(happened) == 3)
        assert happened == [(1, ""), (4, ""), (5, "")]

    run(story)


def test_a_webhook_that_is_taken_out_ends_its_notices() -> None:
    """A reload has taken it out while it was tried."""

    async def story(outside: Outside, webhooks: Callable[..., Webhooks], happened: list[Any]) -> None:
        outside.answers = [500] * 30
        hooks = webhooks()
        hooks.post(NOTICE)
        await until(lambda: happened)
        hooks.take_settings(())
        await until(lambda: isinstance(happened[-1], tuple))
        assert happened[-1] == (7, "there is no such webhook any more")

    run(story)
