"""What every room uses: checked arguments, products out of range, compilation, what the machine
grants.
"""
