"""What is remembered of those who come again."""
