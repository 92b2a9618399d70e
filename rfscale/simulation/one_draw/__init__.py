"""One draw of features and data: random numbers, one factorisation, the losses at all ridges."""
