"""How experiments are run: what is planned, which threads, what is stored, how far it is."""
