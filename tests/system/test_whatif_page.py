"""The page of a what-if question in a real browser: Chromium, without a window and without a network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from router.trace.whatif.page import page
from tests.trace.test_whatif_compare import ask


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where Chromium is. Absent: a skip, but in CI a failure."""
    program = shutil.which("chromium")
    if program is None:
        missing = "chromium is absent (Debian package chromium; `make debs` installs it)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return program


def test_a_browser_draws_it(chromium: str, tmp_path: Path) -> None:
    """The browser lays out both plots of the queue, the rule's bars and the table, and makes a picture of it all."""
    file = tmp_path / "report.html"
    # A look at what was laid out, in the browser's own words: the page itself holds no program.
    probe = (
        "<script>document.title = [...document.querySelectorAll('svg')].filter(each =>"
        " each.getBoundingClientRect().height > 30).length + ' plots, ' + document.querySelectorAll('rect').length +"
        " ' bars, ' + document.querySelectorAll('tbody tr').length + ' rows'</script></body>"
    )
    file.write_text(page(ask(processes=1)).replace("</body>", probe))
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    environment = {**os.environ, "HOME": str(tmp_path)}
    drawn = subprocess.run(
        [chromium, *options, "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=120, check=True, env=environment,
    )  # fmt: skip
    title = drawn.stdout.partition("<title>")[2].partition("</title>")[0]
    plots, bars, rows = (int(part.split()[0]) for part in title.split(", "))
    assert plots == 3
    assert bars >= 1
    assert rows >= 6
    picture = tmp_path / "report.png"
    subprocess.run(
        [chromium, *options, "--window-size=1100,1600", f"--screenshot={picture}", file.as_uri()],
        capture_output=True, timeout=120, check=True, env=environment,
    )  # fmt: skip
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000
