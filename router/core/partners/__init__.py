"""Contacts that are answered outside."""
