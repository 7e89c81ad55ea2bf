"""Open hours, doors, and sending away whom they shut out."""
