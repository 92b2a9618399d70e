"""The answer by experiment: draws of features and data, trained and tested.

It never imports the theory.
"""
