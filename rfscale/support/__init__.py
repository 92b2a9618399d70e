"""Tools that every room uses: checked arguments, products out of range, compilation, the memory and
the cores that are there.
"""
