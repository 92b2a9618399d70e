"""The traces of the resolvent: a spectrum as a few weighted nodes, and the sums over it."""
