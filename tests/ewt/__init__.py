"""Tests of the estimated-wait library."""
