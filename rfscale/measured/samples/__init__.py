"""Real samples: checked, read from files, and trained on."""
