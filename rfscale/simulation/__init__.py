"""The answer by experiment: draws of features and data, trained and tested. Never imports the
theory.
"""
