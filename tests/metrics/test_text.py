"""The text format, read back by the parser of prometheus_client."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from router.metrics.text import Distribution, header, labels_text, number_text, sample_lines


@given(st.text(), st.text())
def test_any_label_value_survives(first: str, second: str) -> None:
    """Whatever a label says, quotes, backslashes, line breaks and braces too, it is read back as it was."""
    labels = labels_text(("a", "b"), (first, second))
    text = header("things", "gauge", "Things.") + sample_lines("things", labels, (), 3)[0]
    (family,) = text_string_to_metric_families(text)
    (sample,) = family.samples
    assert sample.labels == {"a": first, "b": second}
    assert sample.value == 3


@given(st.text(min_size=1))
def test_help_survives(told: str) -> None:
    """Help is one line, whatever it says."""
    text = header("things", "gauge", told) + "things 1\n"
    assert len(text.split("\n")) == 4
    (family,) = text_string_to_metric_families(text)
    assert family.documentation.split() == told.split() or "\\" in told or not told.isprintable()


@given(st.lists(st.integers(0, 2**53), min_size=4, max_size=4), st.floats(0, 1e15), st.booleans())
def test_a_histogram_is_cumulative(counts: list[int], total: float, labelled: bool) -> None:
    """Buckets add up from below, the last is the count, and the sum is exact, with labels and without."""
    labels = labels_text(("queue",), ('a "{0}" b',)) if labelled else ""
    text, series = sample_lines("took_seconds", labels, (), Distribution((0.5, 1.0, 20.0), counts, total))
    (family,) = text_string_to_metric_families(header("took_seconds", "histogram", "How long.") + text)
    samples = {(sample.name, sample.labels.get("le")): sample.value for sample in family.samples}
    assert series == len(samples) == 6
    assert samples["took_seconds_bucket", "0.5"] == counts[0]
    assert samples["took_seconds_bucket", "20.0"] == sum(counts[:3])
    assert samples["took_seconds_bucket", "+Inf"] == samples["took_seconds_count", None] == sum(counts)
    assert samples["took_seconds_sum", None] == total
    assert all(("queue" in sample.labels) is labelled for sample in family.samples)


def test_values_by_further_labels() -> None:
    """Labels that all share come first, then those by which the values differ."""
    text, series = sample_lines("x", 'q="1"', ("a", "b"), {("one", "two"): 1, ("three", "four"): 2.5})
    assert series == 2
    assert text == 'x{q="1",a="one",b="two"} 1\nx{q="1",a="three",b="four"} 2.5\n'
    assert sample_lines("x", "", ("a",), {("one",): 1}) == ('x{a="one"} 1\n', 1)
    assert sample_lines("x", "", (), 1) == ("x 1\n", 1)
    assert sample_lines("x", "", (), None) == ("", 0)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0"),
        (2**70, "1180591620717411303424"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
        (True, "1"),
    ],
)
def test_numbers(number: float, told: str) -> None:
    """Integers are exact at any size, and what is not finite has Prometheus's names."""
    assert number_text(number) == told
