"""What a contact asks of an agent, and how it gives way while it waits."""
