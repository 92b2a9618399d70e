"""Tables of measured losses: laws fitted to them, with intervals, and what they say."""
