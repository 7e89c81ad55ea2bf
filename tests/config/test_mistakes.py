"""One test for every mistake that can be made: it is found, at its line, with what to do about it."""

import pytest

from router.config import Configuration, ConfigurationErrors
from router.config.faults import SUGGESTIONS_MAX
from tests.config.given import AGENTS, AROUND, QUEUES, checked, right, the_fault


def queue(lines: str) -> dict[str, str]:
    """The queue `cards` with these lines in it, from line 3 on."""
    return {"queues.toml": QUEUES.replace("needs = { cards = 3 }", f"needs = {{ cards = 3 }}\n{lines}", 1)}


def machine(lines: str) -> dict[str, str]:
    """switchboard.toml with these lines, from line 3 on."""
    return {"switchboard.toml": f"[listen]\ntrust_loopback = true\n{lines}\n"}


def agents(old: str, new: str) -> dict[str, str]:
    """agents.toml with one piece exchanged."""
    assert old in AGENTS
    return {"agents.toml": AGENTS.replace(old, new, 1)}


MISTAKES = [
    # what it is, the files, line, path, what, remedy
    ("a setting without its unit", queue("target = 20"), 3, "queues.cards.target", "not a setting", "target_s?"),
    ("a letter missing", queue("waitng_max = 2"), 3, "queues.cards.waitng_max", "not a setting", "waiting_max?"),
    ("a setting of nothing", queue("zzz = 2"), 3, "queues.cards.zzz", "not a setting", "known here: name, tenant"),
    ("a table of nothing", machine("[sevrer]"), 3, "sevrer", "not a setting", "known here"),
    ("in the wrong file", machine("[queues.x]"), 3, "queues", "wrong file", "move it to queues.toml"),
    ("text for a number", queue('ring_s = "20s"'), 3, "queues.cards.ring_s", 'is "20s", not a number', "write 20,"),
    ("text for a whole", queue('waiting_max = "many"'), 3, "queues.cards.waiting_max", "not a number", "from 0 to"),
    ("flag for a number", queue("ring_s = true"), 3, "queues.cards.ring_s", "is true, not a number", ""),
    ("number for a flag", queue("open = 1"), 3, "queues.cards.open", "is 1, not true or false", ""),
    ("number for a text", queue("whisper = 5"), 3, "queues.cards.whisper", "is 5, not a text", "quotes"),
    ("number for a name", queue("tenant = 5"), 3, "queues.cards.tenant", "is 5, not a name", "quotes"),
    ("number for a choice", queue("order = 5"), 3, "queues.cards.order", "is 5, not a text", "oldest or newest"),
    ("date for a number", queue("ring_s = 1999-02-01"), 3, "queues.cards.ring_s", "1999-02-01, not a number", ""),
    ("fraction for a whole", queue("waiting_max = 1.5"), 3, "queues.cards.waiting_max", "not a whole number", ""),
    ("text for a list", queue('codes = "a"'), 3, "queues.cards.codes", "not a list of names", '["...", "..."]'),
    ("number in a list", queue('codes = ["a", 5]'), 3, "queues.cards.codes[2]", "is 5, not a name", ""),
    ("twice in a list", queue('codes = [\n"a",\n"b",\n"a"]'), 6, "queues.cards.codes[3]", "a second time", "once"),
    ("an empty list", queue("channels = []"), 3, "queues.cards.channels", "has 0 names", "use 1 to 16"),
    ("a number for a table", {"queues.toml": "queues = 5"}, 1, "queues", "is 5, not a table", "[queues.NAME]"),
    ("a number for a queue", {"queues.toml": "[queues]\nx = 5"}, 2, "queues.x", "not a table", "[queues.x]"),
    ("a number for limits", {"switchboard.toml": "limits = 3\n[listen]\ntrust_loopback = true"}, 1, "limits",
     "is 3, not a table", "[limits]"),
    ("text for skills", agents("{ cards = 5, loans = 6, german = 9 }", '"all"'), 5, "agents.anna.skills",
     "not a table", "{ cards = 5"),
    ("too small", queue("ring_s = -1"), 3, "queues.cards.ring_s", "is -1, out of range", "from 0 to 604800"),
    ("too large", machine("[limits]\ndata_bytes_max = 40000"), 4, "limits.data_bytes_max", "40000, out of range", ""),
    ("much too large", machine(f"[limits]\ndata_bytes_max = {10**400}"), 4, "limits.data_bytes_max", "a huge", ""),
    ("infinite", queue("boost = inf"), 3, "queues.cards.boost", "is inf, which is no finite number", "from -100"),
    ("not a number at all", queue("ring_s = nan"), 3, "queues.cards.ring_s", "is nan, which is no finite", ""),
    ("past the largest float", queue("ring_s = 1e999"), 3, "queues.cards.ring_s", "is inf", ""),
    ("level 0", agents("cards = 3", "cards = 0"), 12, "agents.ben.skills.cards", "is 0, out of range", "1 to 10"),
    ("level 11", {"queues.toml": QUEUES.replace("german = 2", "german = 11")}, 9,
     "queues.loans.needs.german", "is 11, out of range", "from 1 to 10"),
    ("a level as text", agents("cards = 3", 'cards = "expert"'), 12, "agents.ben.skills.cards", "not a number", ""),
    ("not one of the words", queue('order = "olest"'), 3, "queues.cards.order", 'is "olest"', "did you mean oldest?"),
    ("another word", queue('order = "xyz"'), 3, "queues.cards.order", 'is "xyz"', "use urgency, oldest or newest"),
    ("a name with a space", queue('tenant = "a b"'), 3, "queues.cards.tenant", "no name", "A-Z a-z"),
    ("a table with a space", {"queues.toml": '[queues."a b"]'}, 1, 'queues."a b"', "is no name", "A-Z a-z"),
    ("a skill with a space", agents("cards = 3", '"a b" = 3'), 12, 'agents.ben.skills."a b"', "no name", "A-Z"),
    ("reading direction", queue('whisper = "\\u202Etxt"'), 3, "queues.cards.whisper", "control characters", "plain"),
    ("a long text", queue(f'whisper = "{"x" * 300}"'), 3, "queues.cards.whisper", "300 characters", "at most 200"),
    ("no time zone", queue('time_zone = "Europe/Berlyn"'), 3, "queues.cards.time_zone", "no time zone", ""),
    ("a zone outside", queue('time_zone = "../../etc/passwd"'), 3, "queues.cards.time_zone", "no time zone", ""),
    ("an unknown channel", queue('channels = ["voice", "chatt"]'), 3, "queues.cards.channels[2]",
     "no channel chatt", "did you mean chat?"),
    ("an unknown class", queue('target_class = "standart"'), 3, "queues.cards.target_class",
     "no target class standart", "did you mean standard?"),
    ("two targets", queue('target_class = "standard"\ntarget_s = 20'), 4, "queues.cards.target_s",
     "beside target_class", "one of the two"),
    ("wrap-up of another channel", queue('wrap_up.chat.mode = "timed"'), 3, "queues.cards.wrap_up.chat",
     "takes no contacts of channel chat", "use voice"),
    ("wrap-up without a mode", queue("wrap_up.voice.time_s = 20"), 3, "queues.cards.wrap_up.voice.time_s",
     "no effect", 'mode = "timed"'),
    ("wrap-up over its most", queue('wrap_up.voice = { mode = "timed", time_s = 700 }'), 3,
     "queues.cards.wrap_up.voice.time_s", "longer than the most of 600 s", "raise most_s"),
    ("an unknown reason", queue('treatments.ful.do = "callback"'), 3, "queues.cards.treatments.ful",
     "none of the reasons", "did you mean full?"),
    ("a treatment to nowhere", queue('treatments.full.do = "message"'), 3, "queues.cards.treatments.full",
     "says not where", "the message"),
    ("a refusal to somewhere", queue('treatments.full.to = "x"'), 3, "queues.cards.treatments.full.to",
     "no effect", 'do = "message"'),
    ("a dangling queue", queue('treatments.full = { do = "queue", to = "loan" }'), 3,
     "queues.cards.treatments.full.to", "no queue of tenant main named loan", "did you mean loans?"),
    ("a queue in a circle", queue('treatments.full = { do = "queue", to = "cards" }'), 3,
     "queues.cards.treatments.full.to", "back to the same queue", "another"),
    ("two queues of a name", queue('[queues.other]\nname = "cards"'), 3, "queues.other",
     "queue cards of tenant main stands in queues.toml:1 already", "rename"),
    ("two agents of a name", agents("[agents.ben]", '[agents.ben]\nname = "anna"'), 7, "agents.ben",
     "agent anna of tenant main stands in agents.toml:3 already", "rename"),
    ("an unknown team", agents('team = "front"', 'team = "fornt"'), 4, "agents.anna.team", "no team fornt",
     "did you mean front?"),
    ("no team where there are teams", agents('team = "front"\n', ""), 3, "agents.anna", "no team main", "use front"),
    ("a team of another tenant", agents('team = "front"', 'team = "front"\ntenant = "acme"'), 5,
     "agents.anna.tenant", "team front belongs to main", "take it out"),
    ("the engine's own reasons", agents("[teams.front]", 'not_ready_reasons = ["login"]\n[teams.front]'), 1,
     "not_ready_reasons", "lacks missed", "add it"),
    ("a table that is not there", agents("[teams.front]", 'include_csv = "people.csv"\n[teams.front]'), 1,
     "include_csv", "no file people.csv", "agents import"),
    ("a table elsewhere", agents("[teams.front]", 'include_csv = "../people.csv"\n[teams.front]'), 1,
     "include_csv", 'is "../people.csv"', "a file of this directory"),
    ("a store of later", machine('[store]\nurl = "postgres://localhost"'), 4, "store.url", "does not know",
     'use "sqlite:PATH"'),
    ("trust in everybody", {"switchboard.toml": '[listen]\ntrust_loopback = true\nhost = "0.0.0.0"'}, 2,
     "listen.trust_loopback", "trusted on 0.0.0.0", "give every client a key"),
    ("no address", machine('[admin]\nhost = "http://x/"'), 4, "admin.host", "no address", "use an address"),
    ("one port twice", machine("[admin]\nport = 7450"), 4, "admin.port", "the port of [listen] as well", "another"),
    ("a long socket path", machine(f'[people]\nsocket = "{"s" * 95}"'), 4, "people.socket", "107 bytes", "shorter"),
    ("a client without a key", machine('[peers.pbx]\nrole = "gateway"'), 3, "peers.pbx", "has no key", "give one"),
    ("a client with two keys", machine('[peers.pbx]\nkey_env = "A"\nkey = "x"'), 3, "peers.pbx",
     "has key_env and key together", "give one"),
    ("no such variable", machine('[peers.pbx]\nkey_env = "A"'), 4, "peers.pbx.key_env", "no environment variable A",
     "set it"),
    ("no such key file", machine('[peers.pbx]\nkey_file = "gone/k"'), 4, "peers.pbx.key_file",
     "can't be read: No such file", "openssl"),
    ("no credentials", machine('[peers.pbx]\nkey_file = "$CREDENTIALS_DIRECTORY/k"'), 4, "peers.pbx.key_file",
     "no credentials", "LoadCredential"),
    ("not TOML", {"queues.toml": "[queues.cards]\nneeds = cards\n"}, 2, "", "no TOML: invalid value", "quotes"),
    ("not TOML at its end", {"queues.toml": "[queues.cards]\nwhisper = 'x"}, 2, "", "no TOML", ""),
    ("no TOML statement", {"queues.toml": "\n\n!"}, 3, "", "no TOML: invalid statement", "name = value"),
    ("one setting twice", queue("open = true\nopen = false"), 4, "", "a second time", "keep one"),
    ("one table twice", queue("[queues.cards]"), 3, "", "queues.cards stands here a second time", "keep one"),
    ("endless brackets", {"queues.toml": "a = " + "[" * 5000}, None, "", "nested too deep", "flat"),
    ("endless dots", {"queues.toml": "b = 1\na" + ".a" * 50_000 + " = 1"}, 2, "", "a key of too many parts", "flat"),
    ("endless dots in a header", {"queues.toml": "[[a" + " . 'a'" * 50_000 + "]]"}, 1, "", "too many parts", "flat"),
    ("endless dots within", {"queues.toml": "b = {c = 1, \"a\"" + ".a" * 50_000 + " = 1}"}, 1, "", "parts", "flat"),
    ("endless digits", {"queues.toml": "a = " + "9" * 5000}, None, "", "no TOML", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "line", "path", "what", "remedy"),
    [row[1:] for row in MISTAKES],
    ids=[row[0] for row in MISTAKES],
)
def test_a_mistake_is_told_once_with_its_line(
    texts: dict[str, str], line: int | None, path: str, what: str, remedy: str
) -> None:
    """An error, and no other fault: in the right file and line, with the path, what is wrong and what to do."""
    fault = the_fault(texts)
    assert fault.level == "error"
    assert (fault.file, fault.line, fault.path) == (next(iter(texts)), line, path), str(fault)
    assert what in fault.what
    assert remedy in fault.remedy


WARNINGS = [
    ("an unreachable level", {"queues.toml": QUEUES.replace("loans = 5", "loans = 7")}, 7,
     "queues.loans.needs", "has german 2, loans 7 together", "lower a level"),
    ("a misspelt need", {"queues.toml": QUEUES.replace("german = 2", "germn = 2") + '[queues.g]\nneeds.german = 1'}, 9,
     "queues.loans.needs.germn", "no agent of tenant main has the skill germn", "did you mean german?"),
    ("a misspelt skill", agents("cards = 3", "crads = 3"), 12, "agents.ben.skills.crads",
     "no queue of tenant main needs the skill crads", "did you mean cards?"),
    ("a skill for nothing", agents("cards = 3", "cards = 3\nchess = 9"), 13, "agents.ben.skills.chess",
     "no queue of tenant main needs", "contact_skills"),
    ("too little capacity", {"queues.toml": "[channels.chat]\nunits = 120\n" + QUEUES}, 7, "queues.loans.channels",
     "channel chat takes 120 units", "capacity_units"),
    ("a tenant without agents", queue('[queues.x]\ntenant = "acme"'), 3, "queues.x", "acme has no agents", "add"),
    ("a client of no tenant", machine('[peers.pbx]\ntenant = "mian"\nkey_env = "KEY"'), 4, "peers.pbx.tenant",
     "tenant mian has neither", "did you mean main?"),
    ("a key for all to read", machine('[peers.pbx]\nkey = "0123456789abcdef"'), 4, "peers.pbx.key",
     "everybody who may read this file", "key_file"),
    ("a wait within the target", queue("wait_most_s = 20"), 3, "queues.cards.wait_most_s", "target of 20 s", "wait"),
    ("a file larger than all", machine("[record]\ntraces = true\ntraces_bytes_max = 2_000_000"), 3,
     "record.traces_file_bytes_max", "never taken away", "smaller"),
    ("nobody can connect", {"switchboard.toml": 'site = "x"\n[listen]\n'}, 2, "listen", "nobody can connect", "peers"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "line", "path", "what", "remedy"),
    [row[1:] for row in WARNINGS],
    ids=[row[0] for row in WARNINGS],
)
def test_what_is_hardly_meant_is_a_warning(
    texts: dict[str, str], line: int | None, path: str, what: str, remedy: str
) -> None:
    """A warning with its line, and the configuration is good all the same."""
    environment = {**AROUND.environment, "KEY": "0123456789abcdef"}
    report = checked(texts, AROUND._replace(environment=environment))
    assert report.configuration is not None, report.faults
    assert not report.errors
    fault = report.warnings[0]
    assert (fault.file, fault.line, fault.path) == (next(iter(texts)), line, path), "\n".join(map(str, report.faults))
    assert what in fault.what
    assert remedy in fault.remedy or remedy in fault.what


def test_all_mistakes_are_told_together() -> None:
    """Mistakes in every file, in one queue and in one list hide none of the others; the faults stand in order."""
    texts = {
        "switchboard.toml": "[listen]\nport = 99999\nhots = 'x'\n[limits]\ncontacts_max = 0\n",
        "queues.toml": "[queues.a]\nring_s = -1\norder = 'x'\nchannels = ['fax', 'vioce', 5]\n"
        "[queues.b]\nboost = nan\n",
        "agents.toml": "[agents.x]\nskills = { a = 0, b = 11, c = 'd' }\nteam = 5\n",
    }
    report = checked(texts)
    assert report.configuration is None
    assert [(fault.file, fault.line, fault.path) for fault in report.errors] == [
        ("agents.toml", 2, "agents.x.skills.a"),
        ("agents.toml", 2, "agents.x.skills.b"),
        ("agents.toml", 2, "agents.x.skills.c"),
        ("agents.toml", 3, "agents.x.team"),
        ("queues.toml", 2, "queues.a.ring_s"),
        ("queues.toml", 3, "queues.a.order"),
        ("queues.toml", 4, "queues.a.channels[1]"),
        ("queues.toml", 4, "queues.a.channels[2]"),
        ("queues.toml", 4, "queues.a.channels[3]"),
        ("queues.toml", 6, "queues.b.boost"),
        ("switchboard.toml", 2, "listen.port"),
        ("switchboard.toml", 3, "listen.hots"),
        ("switchboard.toml", 5, "limits.contacts_max"),
    ]


def test_a_fault_reads_as_one_line() -> None:
    """File, line, level, path, what and remedy, as a compiler writes them."""
    assert str(the_fault(queue("target = 20"))) == (
        "queues.toml:3: error: queues.cards.target: is not a setting; did you mean target_s?"
    )


def test_errors_as_an_exception_keep_every_fault() -> None:
    """The exception's text is all faults, and errors and warnings can be had apart."""
    report = checked(machine('[peers.p]\nkey = "0123456789abcdef"\nrole = "x"'))
    error = ConfigurationErrors(report.faults)
    assert (len(error.errors), len(error.warnings)) == (1, 1)
    assert str(error) == "\n".join(map(str, report.faults))


def classes(count: int) -> dict[str, str]:
    """`count` queues, each with a target of its own."""
    lines = (f"[queues.q{n}]\nneeds.cards = 1\ntarget_s = {n + 1}" for n in range(100, 100 + count))
    return {"queues.toml": "\n".join(lines), "agents.toml": "[agents.x]\nskills.cards = 1"}


def test_there_are_at_most_16_targets() -> None:
    """Sixteen different targets are let in; each one more is an error at the queue that brings it."""
    assert len({queue.target_class for queue in right(classes(16)).settings.queues}) == 16
    report = checked(classes(18))
    assert [(fault.line, fault.path) for fault in report.errors] == [
        (51, "queues.q116.target_s"),
        (54, "queues.q117.target_s"),
    ]
    assert "17th" in report.errors[0].what


def test_targets_by_name_and_by_number_meet() -> None:
    """A target of its own joins the class of the same target; another makes a class that says it."""
    text = "[target_classes]\ngold.target_s = 10\n" + QUEUES
    text = text.replace("[queues.cards]", "[queues.cards]\ntarget_s = 10").replace(
        "[queues.loans]", "[queues.loans]\ntarget_s = 7.5"
    )
    found: Configuration = right({"queues.toml": text})
    cards, loans = found.settings.queues
    assert (cards.target_class, cards.target_us) == ("gold", 10_000_000)
    assert (loans.target_class, loans.target_us) == ("7.5s", 7_500_000)


def test_a_broken_file_does_not_make_the_others_look_broken() -> None:
    """While agents.toml can't be read, no queue is said to be without agents."""
    faults = checked({"agents.toml": "["}).faults
    assert [fault.file for fault in faults] == ["agents.toml"]


def test_of_a_file_that_is_no_toml_no_echo_is_told() -> None:
    """What its queues are missed by in other files is not said; what is wrong in those by itself is."""
    rules = '[rules.late]\nwhen = { queue = "cards", signal = "waiting", above = 3 }\n[rules.x]\nfor_s = -1\n'
    faults = checked({"queues.toml": "[queues.a b]", "rules.toml": rules}).faults
    assert [(fault.file, fault.path) for fault in faults] == [("queues.toml", ""), ("rules.toml", "rules.x.for_s")]


def test_suggestions_have_an_end() -> None:
    """1,000 dangling names are all told; only the first some hundred are compared with every known name."""
    people = "".join(f'[agents.a{n}]\nteam = "fronts{n}"\n' for n in range(1_000))
    report = checked({"agents.toml": "".join(f"[teams.front{n}]\n" for n in range(100)) + people})
    assert len(report.errors) == 1_000
    assert sum(fault.remedy.startswith("did you mean") for fault in report.errors) == SUGGESTIONS_MAX


def test_the_very_level_is_enough() -> None:
    """A queue that needs exactly what its only agent has is no cause for a word."""
    assert checked({"queues.toml": QUEUES.replace("loans = 5", "loans = 6")}).faults == ()
