"""The examples of `docs/figures.md` are run, so that page and code can't part."""

import doctest
import gzip
import re
from collections.abc import Callable
from pathlib import Path

from router.stats import Variant, service_level
from router.terms import SECOND_US
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "figures.md"
EXAMPLES = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```pycon$|^<!-- rendered: story\.", re.MULTILINE)
VARIANTS: tuple[Variant, ...] = ("late_abandons", "all_abandons", "answered_only", "abandons_in_target_met")


def test_every_worked_example_comes_out_as_written() -> None:
    """Each `>>>` of the page gives what stands under it."""
    source = "\n".join(match[1] for match in EXAMPLES.finditer(PAGE.read_text(encoding="utf-8")))
    page = doctest.DocTestParser().get_doctest(source, {}, PAGE.name, str(PAGE), 0)
    assert len(page.examples) > 20
    said: list[str] = []
    ran = doctest.DocTestRunner(verbose=False).run(page, out=said.append)
    assert ran.attempted == len(page.examples)
    assert ran.failed == 0, "".join(said)


def test_each_figure_has_an_example() -> None:
    """No chapter that defines a figure is without one: computed, or told as a story."""
    chapters = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    bare = [chapter.splitlines()[0] for chapter in chapters if not EXAMPLE.search(chapter)]
    assert bare == ["How a visit counts"]


def test_the_real_months_service_level(shared_data: Callable[[str], Path]) -> None:
    """The four shares that the page names are those of the recorded month."""
    with gzip.open(shared_data("bank-1999-02.tsv.gz"), "rt", encoding="latin-1") as lines:
        names = next(lines).rstrip("\n").split("\t")
        calls = [dict(zip(names, line.rstrip("\n").split("\t"), strict=True)) for line in lines]
    answered = [max(0, int(call["q_time"])) * SECOND_US for call in calls if call["outcome"] == "AGENT"]
    abandoned = [
        max(0, int(call["q_time"])) * SECOND_US
        for call in calls
        if call["outcome"] == "HANG" and call["q_start"] != "0:00:00"
    ]
    shares = [
        service_level(answered, abandoned, target_us=20 * SECOND_US, variant=variant).share for variant in VARIANTS
    ]
    assert None not in shares
    first, second, third, last = (f"{share:.1%}".replace("%", " %") for share in shares if share is not None)
    assert f"{first}, {second}, {third} and {last}" in PAGE.read_text(encoding="utf-8").replace("\n", " ")
