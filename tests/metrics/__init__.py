"""Tests of the metrics: format, catalogue, slices, and that counters agree with records."""
