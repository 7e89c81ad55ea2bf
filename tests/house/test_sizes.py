"""Functions stay under 60 lines and files under 400, so that each can be read in one go.

What is longer may only shrink: it stands in ALLOWED with its exact length, which goes down with every change
and never up. The list is empty, and adding to it is the last resort.
"""

import ast
from collections.abc import Iterator

from tests.house.tree import python_files, syntax, text

FUNCTION_LINES_MAX = 60
"""From `def` to the last line, docstring and comments included: a screen."""
FILE_LINES_MAX = 400
"""About what a reader keeps in mind at once."""

ALLOWED: dict[str, int] = {}
"""`path` or `path:Class.function` -> its length today."""


def function_sizes(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function, methods and inner ones included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{prefix}{node.name}", node.end_lineno - node.lineno + 1
            yield from function_sizes(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from function_sizes(node, f"{prefix}{node.name}.")
        else:
            yield from function_sizes(node, prefix)


def too_long() -> dict[str, int]:
    """Everything over its limit, with its length."""
    found = {}
    for name in python_files():
        lines = len((text(name) or "").splitlines())
        if lines > FILE_LINES_MAX:
            found[name] = lines
        for function, length in function_sizes(syntax(name)):
            if length > FUNCTION_LINES_MAX:
                found[f"{name}:{function}"] = length
    return found


def test_functions_and_files_are_short() -> None:
    """Nothing is over its limit, except what ALLOWED names, and that is exactly as long as it says."""
    assert too_long() == ALLOWED, "split along a real seam; what ALLOWED names may only shrink, and its number with it"


def test_the_check_itself() -> None:
    """Lengths are counted from `def` to the last line, in classes and in functions too."""
    source = "class A:\n  def f(self):\n    def g():\n      return 1\n    return g\n\nasync def h():\n  pass\n"
    assert dict(function_sizes(ast.parse(source))) == {"A.f": 4, "A.f.g": 2, "h": 2}
