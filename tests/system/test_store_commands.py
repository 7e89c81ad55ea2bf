"""`switchboard store` and `switchboard doctor` on real stores: looked at, moved between kinds, mended, upgraded."""

from __future__ import annotations

import itertools
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from router.cli.app import app
from router.daemon import exits
from router.store import open_store
from router.store.base import SCHEMA
from tests.system.redis_server import RedisServer
from tests.system.serving import Person, Serving
from tests.system.test_redis_daemon import positions, relist


def command(*words: str, code: int = 0) -> Any:
    """Run it with --json and give what it printed."""
    ran = CliRunner().invoke(app, [*words, "--json"])
    assert ran.exit_code == code, ran.output
    return json.loads(ran.stdout) if code in (0, 1) and ran.stdout else ran.output


def served(serving: Serving, contacts: list[str]) -> None:
    """A daemon took these in, and died."""
    serving.start()
    person = Person(serving)
    person.begin()
    for seq, contact in enumerate(contacts, start=12):
        assert person.ask(t="enqueue", seq=seq, contact=contact, queue="loans")["t"] == "queued"
    person.close()
    serving.kill()


def everybody_waits(serving: Serving, contacts: list[str]) -> None:
    """A daemon that starts there has all of them, at their places, with the wait that they had."""
    serving.start()
    person = Person(serving, instance=f"i{next(_instances)}")
    relist(person, contacts)
    assert positions(person, contacts) == list(range(1, len(contacts) + 1))
    person.close()
    serving.kill()


_instances = itertools.count(2)

CONTACTS = [f"c{number}" for number in range(30)]


def test_from_sqlite_to_redis_and_back(tmp_path: Path, redis_server: RedisServer) -> None:
    """Exported from one kind of store and imported into the other: everybody is at their place, under a higher epoch;
    a store with records in it is not written over."""
    (tmp_path / "a").mkdir()
    first = Serving(tmp_path / "a")
    served(first, CONTACTS)
    before = command("store", "inspect", "--config", str(first.config))
    assert before["records"]["contact"] == 30
    copy = tmp_path / "copy.jsonl"
    out = command("store", "export", str(copy), "--config", str(first.config))
    assert out["records"] == sum(before["records"].values())

    (tmp_path / "b").mkdir()
    second = Serving(tmp_path / "b", store=redis_server.url)
    assert command("store", "import", str(copy), "--config", str(second.config)) == out
    after = command("store", "inspect", "--config", str(second.config))
    assert after["records"] == before["records"]
    assert after["epoch"] > before["epoch"]
    assert "store_not_empty" in command("store", "import", str(copy), "--config", str(second.config), code=3)
    redis_server.call("DEL", "switchboard:{main}:lease")
    everybody_waits(second, CONTACTS)

    back = tmp_path / "back.jsonl"
    command("store", "export", str(back), "--config", str(second.config))
    (tmp_path / "c").mkdir()
    third = Serving(tmp_path / "c")
    third.store.parent.mkdir()
    command("store", "import", str(back), "--config", str(third.config))
    everybody_waits(third, CONTACTS)


@pytest.mark.parametrize("damage", ["cut", "no line", "another file", "no base64"])
def test_a_bad_file_is_not_imported(tmp_path: Path, damage: str) -> None:
    """It is read whole before anything is written, and the error says what is wrong with it."""
    serving = Serving(tmp_path)
    served(serving, ["c1"])
    copy = tmp_path / "copy.jsonl"
    command("store", "export", str(copy), "--config", str(serving.config))
    lines = copy.read_text().splitlines()
    made = {
        "cut": lines[:-1],
        "no line": [lines[0], "{", *lines[1:]],
        "another file": ['{"format": "other"}', *lines[1:]],
        "no base64": [line.replace('"value":"', '"value":"*') for line in lines],
    }[damage]
    copy.write_text("\n".join(made) + "\n")
    serving.store.unlink()
    said = command("store", "import", str(copy), "--config", str(serving.config), code=3)
    assert "bad_export" in said
    assert command("store", "inspect", "--config", str(serving.config))["records"] == {}


def test_a_record_that_can_not_be_read_is_taken_out_after_a_copy(tmp_path: Path) -> None:
    """`check` names key and reason, changes nothing; `--repair` writes the copy first, and then a start goes well."""
    serving = Serving(tmp_path)
    served(serving, ["c1", "c2"])
    with sqlite3.connect(serving.store) as connection:
        connection.execute("UPDATE entity SET value = x'ff' WHERE key LIKE '%c1'")
    connection.close()
    seen = command("store", "check", "--config", str(serving.config), code=1)
    assert [bad["key"] for bad in seen["bad"]] == ["main/gw1/c1"]
    copy = tmp_path / "copy.jsonl"
    assert command("store", "check", "--repair", str(copy), "--config", str(serving.config))["repaired"]
    assert '"main/gw1/c1"' in copy.read_text()
    assert command("store", "check", "--config", str(serving.config))["sound"]
    everybody_waits(serving, ["c2"])


def test_a_redis_with_missing_records_is_made_whole(tmp_path: Path, redis_server: RedisServer) -> None:
    """Somebody deleted a field: a start is refused, naming the key; after the repair it goes well with the others."""
    serving = Serving(tmp_path, store=redis_server.url)
    served(serving, ["c1", "c2"])
    redis_server.call("HDEL", "switchboard:{main}:1:contact", "main/gw1/c1")
    assert "switchboard:{main}:1:contact" in command("store", "check", "--config", str(serving.config), code=3)
    redis_server.call("DEL", "switchboard:{main}:lease")
    copy = tmp_path / "copy.jsonl"
    command("store", "check", "--repair", str(copy), "--config", str(serving.config))
    everybody_waits(serving, ["c2"])


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_a_store_of_the_schema_before(tmp_path: Path, redis_server: RedisServer, kind: str) -> None:
    """It is read, and written as it is, so that the release before can take it back; until `store upgrade`."""
    serving = Serving(tmp_path, store=redis_server.url if kind == "redis" else "")
    served(serving, ["c1"])
    if kind == "redis":
        redis_server.call("HSET", "switchboard:{main}:meta", "schema", 1)
    else:
        with sqlite3.connect(serving.store) as connection:
            connection.execute("PRAGMA user_version = 1")
        connection.close()
    everybody_waits(serving, ["c1"])
    before = command("store", "inspect", "--config", str(serving.config))
    assert before["schema"] == 1
    assert set(before["records"]) <= {"world", "peer", "agent", "endpoint", "contact"}
    assert command("store", "upgrade", "--config", str(serving.config)) == {"from": 1, "to": SCHEMA}
    assert command("store", "upgrade", "--config", str(serving.config)) == {"from": SCHEMA, "to": SCHEMA}
    everybody_waits(serving, ["c1"])


def test_records_that_the_release_before_wrote(tmp_path: Path) -> None:
    """A state of schema 1 as that release left it (a talk, a held contact, one that hung up, head starts) is read
    whole: talk and places are as they were; the time for which one may be held is over long since."""
    serving = Serving(tmp_path)
    serving.store.parent.mkdir()
    command(
        "store", "import", str(Path(__file__).with_name("store_of_schema_1.jsonl")), "--config", str(serving.config)
    )
    with sqlite3.connect(serving.store) as connection:
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    try:
        serving.start()
        person = Person(serving, instance="i2")
        alive = [{"contact": contact, "queue": "loans"} for contact in ("c1", "c2", "c4")]
        alive.append({"contact": "c0", "queue": "loans", "talks_to": "bob"})
        devices = [{"endpoint": "e1", "agent": "ann"}, {"endpoint": "e2", "agent": "bob"}]
        assert person.ask(t="sync", seq=1, contacts=alive, endpoints=devices)["t"] == "ok"
        assert person.ask(t="sync_end", seq=2)["lost"] == 0
        assert person.ask(t="position", seq=100, contact="c0")["state"] == "connected"
        assert person.ask(t="position", seq=101, contact="c1")["position"] == 3
        assert person.ask(t="position", seq=102, contact="c2")["position"] == 2
        assert person.ask(t="position", seq=103, contact="c3")["code"] == "unknown_contact"
        assert person.ask(t="position", seq=104, contact="c4")["position"] == 1
    finally:
        serving.end()


def test_the_doctor_names_what_loses_contacts(tmp_path: Path, redis_server: RedisServer) -> None:
    """A Redis that forgets is an error with its remedy, one that keeps everything is well, and a time is given."""
    serving = Serving(tmp_path, store=redis_server.url)
    well = command("doctor", str(serving.config))
    assert any("takes" in each["what"] and "ms" in each["what"] for each in well)
    assert not [each for each in well if each["level"] == "error"]
    redis_server.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    redis_server.call("CONFIG", "SET", "appendonly", "no")
    ill = command("doctor", str(serving.config), code=1)
    assert len([each for each in ill if each["level"] == "error" and each["remedy"]]) == 2
    redis_server.kill()
    assert "store_unreachable" in str(command("doctor", str(serving.config), code=1))


def test_a_store_in_use_is_left_alone(tmp_path: Path) -> None:
    """While a daemon has the SQLite file, nothing else opens it."""
    serving = Serving(tmp_path)
    serving.start()
    try:
        told = command("store", "inspect", "--config", str(serving.config), code=3)
        assert "store_in_use" in told
        assert "--repair" not in told, "nothing is wrong with it"
    finally:
        serving.end()
    opened = open_store(f"sqlite:{serving.store}", "main")
    opened.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """The state directory lies where nothing can: the error has its code, the folder and a remedy."""
    (tmp_path / "file").write_text("in the way")
    serving = Serving(tmp_path)
    serving.write(store=f"sqlite:{tmp_path}/file/inside/store")
    try:
        assert serving.launch().wait(30) == exits.STORE_FAILED
        told = [line for line in serving.lines() if line["event"] == "store_unusable"]
    finally:
        serving.end()
    assert [line["code"] for line in told] == ["store_not_made"]
    assert f"{tmp_path}/file/inside can't be made: Not a directory" in told[0]["what"]
    assert "state_directory" in told[0]["remedy"]
