"""What the judge knows, a book a topic."""
