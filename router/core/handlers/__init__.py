"""One function a command: check first (raising `Refused`, which changes nothing), then change, then answer."""
