"""Every setting, declared once, a file a topic."""
