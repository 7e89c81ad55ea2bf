"""Tests of notices for programs outside."""
