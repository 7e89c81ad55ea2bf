"""A trace told to an engine in virtual time."""
