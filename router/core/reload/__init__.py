"""From one version of the settings to another."""
