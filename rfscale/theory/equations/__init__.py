"""The equations of the theory, each once: one point at a time, compiled, without units."""
