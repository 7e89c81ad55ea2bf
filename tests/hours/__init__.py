"""Tests of the calendar library."""
