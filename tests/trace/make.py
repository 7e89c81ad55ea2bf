"""Small traces and call records for the tests of this package, in seconds rather than microseconds."""

from router.trace.records import Agent, Break, Contact, Day, Header, Shift, Trace

S = 1_000_000

COLUMNS = [
    "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit", "vru_time",
    "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time", "server",
]  # fmt: skip


def contact(
    name: str, arrival: float, *, queue: str = "PS", wait: float = 0, talk: float | None = None, agent: str = ""
) -> Contact:
    """A contact of the record: answered by an agent where it has talk, else abandoned after its wait."""
    answered = talk is not None
    return Contact(
        id=name,
        arrival_us=int(arrival * S),
        queue=queue,
        patience_us=int(wait * S),
        patience_known=not answered,
        service_us=None if talk is None else int(talk * S),
        outcome="answered" if answered else "abandoned",
        wait_us=int(wait * S),
        answered_us=int((arrival + wait) * S) if answered else None,
        agent=agent or None,
    )


def small_trace() -> Trace:
    """Two days, two agents (one with a different set of queues each day), three contacts."""
    day = 86_400 * S
    header = Header(
        source="test",
        start="2024-03-04T00:00:00",
        presence="inferred",
        acknowledgement="those who recorded it",
        queues={"PS": "regular", "NE": "stock exchange"},
        days=[Day("2024-03-04", 0, day), Day("2024-03-05", day, 2 * day)],
        left_out={"phantom": 2},
        notes={"breaks": 1},
    )
    ann = Agent(
        "ANN",
        {"NE": 5, "PS": 5},
        [
            Shift(9 * 3600 * S, 17 * 3600 * S, ("NE", "PS"), [Break(12 * 3600 * S, 1800 * S)]),
            Shift(day + 9 * 3600 * S, day + 17 * 3600 * S, ("PS",)),
        ],
    )
    bob = Agent("BOB", {"PS": 7}, [Shift(day + 8 * 3600 * S, day + 12 * 3600 * S, ("PS",))])
    first = contact("a", 9 * 3600, wait=20, talk=120, agent="ANN")
    first.customer, first.priority, first.head_start_s, first.wrap_up_us = "k1", 2, 90, 5 * S
    contacts = [first, contact("b", 10 * 3600, queue="NE", wait=33), contact("c", 86_400 + 9 * 3600, talk=60)]
    return Trace(header, [ann, bob], contacts)


def row(**cells: object) -> dict[str, str]:
    """One line of call records: a call answered at once by ANN at nine, where nothing else is said."""
    usual = {
        "vru+line": "AA0101", "call_id": "1", "customer_id": "0", "priority": "0", "type": "PS",
        "date": "990201", "vru_entry": "8:59:50", "vru_exit": "9:00:00", "vru_time": "10",
        "q_start": "0:00:00", "q_exit": "0:00:00", "q_time": "0", "outcome": "AGENT",
        "ser_start": "9:00:00", "ser_exit": "9:02:00", "ser_time": "120", "server": "ANN",
    }  # fmt: skip
    return usual | {name: str(value) for name, value in cells.items()}


def queued(start: str, end: str, seconds: int, **cells: object) -> dict[str, str]:
    """A call that queued: answered at the end of its wait, where nothing else is said."""
    return row(vru_entry=start, vru_exit=start, q_start=start, q_exit=end, q_time=seconds, ser_start=end, **cells)


def lines(*rows: dict[str, str], columns: list[str] | None = None, end: str = "\n") -> str:
    """A file of such lines under their line of column names."""
    names = columns or COLUMNS
    return "".join("\t".join(cells) + end for cells in [names, *([each[name] for name in names] for each in rows)])
