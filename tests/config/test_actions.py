"""Actions as files say them: each kind with its own settings and no others, and back into the same words."""

import pytest

from router.config import check_texts
from router.config.catalogue.actions import ACTIONS as ROWS
from router.config.catalogue.actions import KINDS
from router.config.compare import diff, digest, tables
from router.core.actions import ACTIONS
from tests.config.given import AROUND

AGENTS = "[agents.ann]\nteam = 'back'\n"
QUEUES = "[queues.a]\nneeds = { a = 1 }\n[queues.b]\n[queues.old]\norder = 'oldest'\n"


def faults(action: str, plan: str = "") -> list[str]:
    """What is wrong with a plan of this one action."""
    text = f"[plans.p]\n{plan}\n[[plans.p.actions]]\n{action}"
    report = check_texts({"queues.toml": QUEUES, "agents.toml": AGENTS, "plans.toml": text}, around=AROUND)
    return [str(fault) for fault in report.faults if fault.file == "plans.toml"]


def test_every_action_can_be_written() -> None:
    """The kinds of the files are those of the core, and their settings are rows that fill fields."""
    assert set(KINDS) == set(ACTIONS)
    for kind, row in KINDS.items():
        assert row.struct is ACTIONS[kind]
        fields = {ROWS.rows[name].field for name in row.rows}
        assert fields == set(row.struct.__struct_fields__), kind
    named = {name for row in KINDS.values() for name in row.rows}
    assert named | {"kind"} == set(ROWS.rows), "a row that no kind has"


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("queues = ['a']", "says not which action it is"),
        ("kind = 'raise_priority'\nqueues = ['a']", "changes nothing"),
        ("kind = 'raise_priority'\nboost = 1.0", "says no queues"),
        ("kind = 'raise_priority'\nqueues = ['c']\nboost = 1.0", "there is no queue of tenant main named c"),
        ("kind = 'raise_priority'\nqueues = ['old']\nboost = 1.0", "priority has no effect"),
        ("kind = 'close_entry'\nqueues = ['a']\nboost = 1.0", 'has no effect with kind = "close_entry"'),
        ("kind = 'close_entry'\nqueues = ['a']\nto = 'a'", "sends contacts back to the same queue"),
        ("kind = 'close_entry'\nqueues = ['a']\nto = 'z'", "there is no queue of tenant main named z"),
        ("kind = 'close_entry'\nqueues = ['a']\nto = 'b'\nmessage = 'm'", "stands beside message"),
        ("kind = 'burn'\nqueues = ['a']", "kind"),
        ("kind = 'overflow'\nqueues = ['a']\nto = 'a'", "sends contacts back to the same queue"),
        ("kind = 'steer'\nqueues = ['a']\nto = 'chat'", "says not where that channel is served"),
        ("kind = 'steer'\nqueues = ['a']\nto = 'chat'\nqueue = 'b'", "takes no contacts of channel chat"),
        ("kind = 'steer'\nqueues = ['a']\nto = 'pigeon'", "there is no channel pigeon"),
        ("kind = 'empty'\nqueues = ['a']\ncallback = true\nmessage = 'm'", "has no effect beside a call-back"),
        ("kind = 'announce'\nqueues = ['a']\nmessage = 'm'\nparameters = { a = 1 }", "parameters.a"),
        ("kind = 'activate_plan'\nplan = 'z'", "there is no plan of tenant main named z"),
        ("kind = 'activate_plan'\nplan = 'p'", "activates itself"),
        (
            "kind = 'borrow'\nteam = 'bakc'\nskills = { a = 1 }",
            "no team of tenant main named bakc; did you mean back?",
        ),
        ("kind = 'borrow'\nteam = 'back'\nskills = { a = 1 }\nkeep_queues = ['z']", "there is no queue of tenant main"),
        ("kind = 'borrow'\nteam = 'back'\nskills = { z = 1 }", "that asks for skill z"),
        ("kind = 'borrow'\nteam = 'back'\nqueues = ['b']\nskills = { a = 1 }", "name one donor"),
        ("kind = 'keep_idle'\nqueues = ['a']", "says no agents"),
        ("kind = 'keep_idle'\nqueues = ['c']\nagents = 1", "there is no queue of tenant main named c"),
        ("kind = 'keep_idle'\nqueues = ['a']\nagents = 0", "agents"),
        ("kind = 'balance'\nqueues = ['a']", "queue a is in no balance"),
        ("kind = 'share'\nqueues = ['a']", "says no share_most"),
        ("kind = 'share'\nqueues = ['a']\nshare_most = 30", "share_most"),
        (
            "kind = 'share'\nqueues = ['a']\nshare_most = 0.3\nteam = 'bakc'",
            "there is no team of tenant main named bakc",
        ),
        ("kind = 'occupancy_cap'\noccupancy_most = 0.9\nqueues = ['a']", "has no effect with kind"),
        ("kind = 'notify'\nwebhook = 'w'\ntext = 't'", "there is no webhook of tenant main named w"),
    ],
)
def test_mistakes_are_named(action: str, said: str) -> None:
    """What an action can't mean is an error that says so."""
    assert any(said in fault for fault in faults(action)), faults(action)


def test_mistakes_of_plans_are_named() -> None:
    """An end without a time, a warning that is no warning, a calendar that is not there."""
    good = "kind = 'close_entry'\nqueues = ['a']"
    assert faults(good) == []
    assert any("without an end" in fault for fault in faults(good, "warn_before_s = 5"))
    assert any("not shorter" in fault for fault in faults(good, "warn_before_s = 5\nlasts_s = 5"))
    assert any("there is no calendar" in fault for fault in faults(good, "calendar = 'x'"))


def test_actions_turn_back_into_the_words_of_the_files() -> None:
    """`diff` and the digest see every setting of every action."""
    text = (
        "[plans.p]\n[[plans.p.actions]]\nkind = 'relax'\nqueues = ['a']\nafter_s = 20\nalso = { a = 2 }\n"
        "[[plans.p.actions]]\nkind = 'limit_entry'\nqueues = ['b']\nwaiting_max = 4\nto = 'a'\n"
    )
    report = check_texts({"queues.toml": QUEUES, "agents.toml": "", "plans.toml": text}, around=AROUND)
    assert report.configuration is not None, report.faults
    said = tables(report.configuration)["plans"]["p"]["actions"]
    assert said == [
        {"kind": "relax", "queues": ["a"], "after_s": 20, "needs": None, "also": {"a": 2}},
        {"kind": "limit_entry", "queues": ["b"], "waiting_max": 4, "message": "", "to": "a"},
    ]


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ("key = '0123456789abcdef0123456789abcdef'", "says not where to"),
        ("url = 'ftp://x/y'\nkey = '0123456789abcdef0123456789abcdef'", "is no address of a webhook"),
        ("url = 'http://a:b@x/y'\nkey = '0123456789abcdef0123456789abcdef'", "holds a password"),
        ("url = 'http://x/y'", "has no key"),
    ],
)
def test_mistakes_of_webhooks_are_named(hook: str, said: str) -> None:
    """An address that is none, and a webhook whose notices nobody could tell from forged ones."""
    text = f"[webhooks.duty]\n{hook}"
    report = check_texts({"queues.toml": QUEUES, "agents.toml": "", "plans.toml": text}, around=AROUND)
    assert any(said in str(fault) for fault in report.faults), report.faults


def test_the_key_of_a_webhook_is_shown_nowhere() -> None:
    """Neither in what `diff` compares, nor in the digest, nor where a webhook is printed."""
    text = "[webhooks.duty]\nurl = 'http://x/y'\nkey = '%s'"
    one, other = (
        check_texts({"queues.toml": QUEUES, "agents.toml": "", "plans.toml": text % (letter * 32)}, around=AROUND)
        for letter in "ab"
    )
    assert one.configuration is not None
    assert other.configuration is not None
    assert "aaaa" not in str(tables(one.configuration)) + repr(one.configuration.webhooks)
    assert digest(one.configuration) == digest(other.configuration)
    assert [str(change) for change in diff(one.configuration, other.configuration)] == [
        "changed webhooks.duty.key: (secret) -> (secret)"
    ]


def test_a_word_that_is_no_action_is_told_once_with_all_there_are() -> None:
    """Whoever looks for the right word sees every one of them."""
    (fault,) = faults("kind = 'lend'\nqueues = ['a']")
    assert 'actions[1].kind: is "lend"; use ' in fault
    assert all(kind in fault for kind in KINDS)
