"""The equations of the theory, each once, compiled: one point at a time, in the units of the model."""
