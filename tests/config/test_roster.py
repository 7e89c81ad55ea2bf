"""Agents as a table: what is written reads back, every bad cell is told with line and column."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config import ConfigurationErrors, Fault, export_csv, import_csv
from router.core.settings import Agent, Settings
from tests.config.given import right, sample, the_fault

NAMES = st.text(string.ascii_letters + string.digits + "._:@+-", min_size=1, max_size=12)
LIKE_COLUMNS = ["name", "team", "tenant", "capacity_units", "skill:team", "most:chat", "sep"]
SKILLS = st.one_of(NAMES, st.sampled_from(LIKE_COLUMNS))
AGENTS = st.builds(
    Agent,
    name=NAMES,
    tenant=NAMES,
    team=NAMES,
    skills=st.dictionaries(SKILLS, st.integers(1, 10), max_size=5).map(lambda d: tuple(sorted(d.items()))),
    capacity_units=st.integers(1, 10_000),
    most_at_once=st.dictionaries(NAMES, st.integers(0, 99), max_size=2).map(lambda d: tuple(sorted(d.items()))),
)


@given(st.lists(AGENTS, max_size=8, unique_by=lambda agent: (agent.tenant, agent.name)))
def test_what_is_written_reads_back(agents: list[Agent]) -> None:
    """Any agents, with any legal names, come back the same, sorted by tenant and name."""
    found = import_csv(export_csv(Settings(agents=tuple(agents))))
    assert found == tuple(sorted(agents, key=lambda agent: (agent.tenant, agent.name)))


def test_the_sample_as_a_table() -> None:
    """The sample's people survive, and the table is one that a person can read."""
    settings = right(sample()).settings
    text = export_csv(settings)
    assert import_csv(text) == settings.agents
    assert text.splitlines()[0].startswith("name,team,tenant,capacity_units,accounts,arabic,cards,")
    assert "\namit,accounts,main,100,8,,,6,,,,," in text


def test_2000_people_with_100_skills() -> None:
    """A whole site in one table, both ways (about 0.2 s: 2,000 people, 100 skills, 10 each)."""
    agents = tuple(
        Agent(f"agent{n:04}", skills=tuple(sorted((f"s{(n * 7 + k * 13) % 100:02}", 1 + k) for k in range(10))))
        for n in range(2_000)
    )
    assert import_csv(export_csv(Settings(agents=agents))) == agents


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("head", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_of_other_programs(separator: str, head: str, end: str) -> None:
    """Comma, semicolon or tab, with or without a byte order mark, either kind of line end, blank lines, spaces,
    quotes, columns in any order, lines that stop early."""
    lines = ["cards,name, loans", "", '5,"anna",3', ",ben", " , carla , 10 ", ",,"]
    text = head + end.join(line.replace(",", separator) for line in lines)
    assert import_csv(text) == (
        Agent("anna", skills=(("cards", 5), ("loans", 3))),
        Agent("ben"),
        Agent("carla", skills=(("loans", 10),)),
    )


HEAD = "name,team,tenant,capacity_units,cards,loans\n"

FAULTS = [
    ("nothing", "", None, "", "is empty", "begin it with the columns name"),
    ("no names", "nmae,team\nx,y\n", 1, "", "no column called name", "begin it"),
    ("a heading twice", "name,cards,loans,cards\nx\n", 1, "", "column 4 is cards a second time", "join"),
    ("no heading", "name,,cards\nx,,5\n", 1, "", "column 2 has the heading ''", "A-Z"),
    ("a heading with a space", "name,on line\nx,5\n", 1, "", "column 2 has the heading 'on line'", "A-Z"),
    ("no name", HEAD + ",front\n", 2, "", "has no name (column 1)", "A-Z"),
    ("a name with a space", HEAD + "anna b,front\n", 2, 'agents."anna b"', "'anna b' is no name (column 1)", "A-Z"),
    ("a level of 11", HEAD + "\nx,,,,11,\n", 3, "agents.x.skills.cards", "is '11' (column 5), no level", "1 to 10"),
    ("a level of 0", HEAD + "x,,,,,0\n", 2, "agents.x.skills.loans", "is '0' (column 6)", "leave it empty"),
    ("a level in words", HEAD + "x,,,,good,\n", 2, "agents.x.skills.cards", "is 'good' (column 5)", "1 to 10"),
    ("a fraction", HEAD + "x,,,,5.0,\n", 2, "agents.x.skills.cards", "is '5.0' (column 5)", "1 to 10"),
    ("no capacity", HEAD + "x,,,0,,\n", 2, "agents.x.capacity_units", "is 0, out of range (column 4)", "from 1"),
    ("capacity in words", HEAD + "x,,,all,,\n", 2, "agents.x.capacity_units", "not a number (column 4)", "from 1"),
    ("a team with a space", HEAD + "x,a b,,,,\n", 2, "agents.x.team", "no name (column 2)", "A-Z"),
    ("too many cells", HEAD + "x,,,,,5,7\n", 2, "", "has 7 cells under 6 headings", "separators"),
    ("twice the same", HEAD + "x,,,,,\ny\nx\n", 4, "agents.x", "agent x of tenant main stands in agents.csv:2", ""),
    ("an open quote", HEAD + 'x,"front\n', 2, "", "is no CSV", "quotes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "path", "what", "remedy"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_bad_cells_are_told(text: str, line: int | None, path: str, what: str, remedy: str) -> None:
    """The one fault, with line, path, column and what to do."""
    with pytest.raises(ConfigurationErrors) as refused:
        import_csv(text)
    (fault,) = refused.value.faults
    assert (fault.file, fault.line, fault.path) == ("agents.csv", line, path), str(fault)
    assert what in fault.what
    assert remedy in fault.remedy


def test_all_bad_cells_are_told_together() -> None:
    """Several mistakes in a line and over lines, in order."""
    with pytest.raises(ConfigurationErrors) as refused:
        import_csv(HEAD + "x,,,0,0,0\ny,,,,5,\nz,,,,,x\n")
    assert [(fault.line, fault.path) for fault in refused.value.faults] == [
        (2, "agents.x.capacity_units"),
        (2, "agents.x.skills.cards"),
        (2, "agents.x.skills.loans"),
        (4, "agents.z.skills.loans"),
    ]


def included(table: str) -> dict[str, str]:
    """A configuration whose people stand in a table, beside anna in TOML."""
    toml = 'include_csv = "agents.csv"\n[teams.front]\n[agents.anna]\nteam = "front"\n'
    return {"agents.toml": toml + "skills = { cards = 9, loans = 9, german = 9 }\n", "agents.csv": table}


def test_people_of_both_kinds_work_together() -> None:
    """Those of the table take what their team says; teams and doubles are checked over both."""
    texts = included("name,team,cards\nben,front,4\n")
    texts["agents.toml"] = texts["agents.toml"].replace("[teams.front]", "[teams.front]\ncapacity_units = 50")
    agents = right(texts).settings.agents
    assert [(agent.name, agent.capacity_units, agent.skills[0][1]) for agent in agents] == [
        ("anna", 50, 9),
        ("ben", 50, 4),
    ]


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (
            "name,team\nanna,front\n",
            Fault(
                "agents.csv",
                "agent anna of tenant main stands in agents.toml:3 already",
                "rename one of the two",
                "agents.anna",
                2,
            ),
        ),
        (
            "name,team\nben,frond\n",
            Fault("agents.csv", "there is no team frond", "did you mean front?", "agents.ben.team", 2),
        ),
        (
            "name,team,crads\nben,front,4\n",
            Fault(
                "agents.csv",
                "no queue of tenant main needs the skill crads",
                "did you mean cards?",
                "agents.ben.skills.crads",
                2,
                "warning",
            ),
        ),
    ],
    ids=["doubled", "team", "skill"],
)
def test_faults_of_a_table_have_its_lines(table: str, fault: Fault) -> None:
    """What is found only together with the TOML is told at the table's line."""
    assert the_fault(included(table)) == fault
