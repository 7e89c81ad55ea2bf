"""What the tests of configuration share: a directory with a whole one."""

from pathlib import Path

import pytest

from tests.config.given import WHOLE


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A whole configuration on disk."""
    for name, text in WHOLE.items():
        (tmp_path / name).write_text(text)
    return tmp_path
