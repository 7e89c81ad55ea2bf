"""Tests of the client SDK, against an engine that exists only in the test."""
