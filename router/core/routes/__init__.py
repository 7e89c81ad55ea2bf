"""From what a contact arrives with to its queue, or to a channel that fits it better."""
