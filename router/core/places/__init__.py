"""A contact's places: in several queues, kept by a token, handed on."""
