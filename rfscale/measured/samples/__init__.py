"""Samples as they were measured: read, checked, summed up, and trained on."""
