"""What talks to programs outside that are no clients of ours: webhooks."""
