"""Every rendered part of every page is as the code has it; and the machinery that says so sees faults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import render_docs
from tests.conftest import ROOT

PAGES = [*sorted((ROOT / "docs").glob("**/*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
TWO = {"one": lambda: "1\n", "two": lambda: "2"}
PAGE = "# Title\n\n<!-- rendered: one -->\n\n1\n\n<!-- end -->\ntext\n<!-- rendered: two -->\n<!-- end -->\n"


def test_the_pages_are_what_the_code_says() -> None:
    """`python -m tests.render_docs --check` finds no difference; `make docs` writes what is missing."""
    diffs = render_docs.stale(render_docs.pages(), write=False)
    assert not diffs, "run `make docs`:\n" + "\n".join(diffs)


def headings(page: Path) -> set[str]:
    """The anchors of a page."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a page of ours finds it, and its heading."""
    lost = []
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in headings(there)):
            lost.append(link)
    assert not lost


def test_parts_are_filled_and_the_rest_is_left_alone() -> None:
    """Only what stands between the markers changes, and a second time nothing does."""
    done = render_docs.render(PAGE, "page.md", TWO)
    assert done == PAGE.replace("two -->\n<!--", "two -->\n\n2\n\n<!--")
    assert render_docs.render(done, "page.md", TWO) == done


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("<!-- rendered: three -->\n<!-- end -->\n", "no renderer is called 'three'"),
        ("<!-- rendered: one -->\n", "1 parts are opened and 0 closed"),
        ("<!-- rendered: one -->\n<!-- rendered: two -->\n<!-- end -->\n", "'one' is not closed"),
    ],
)
def test_a_bad_page_is_named(page: str, says: str) -> None:
    """A marker without a renderer, or without its end, is an error and not passed over."""
    with pytest.raises(render_docs.BadPage, match=r"page\.md: ") as bad:
        render_docs.render(page, "page.md", TWO)
    assert says in str(bad.value)


def test_check_and_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` tells the difference and changes nothing; `--write` repairs it."""
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    monkeypatch.setattr(render_docs, "pages", lambda: [page, tmp_path / "absent.md"])
    monkeypatch.setattr(render_docs, "load", lambda: TWO)
    assert render_docs.main(["--check"]) == 1
    assert page.read_text() == PAGE
    assert "+2" in capsys.readouterr().out
    assert render_docs.main(["--write"]) == 0
    assert render_docs.main(["--check"]) == 0
    page.write_text("<!-- rendered: three -->\n<!-- end -->\n")
    assert render_docs.main(["--check"]) == 2
