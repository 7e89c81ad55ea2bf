"""Benchmarks: each prints one line of JSON, quotes medians, and compares with something run in the same minute."""
