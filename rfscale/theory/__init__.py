"""The answer on paper: loss, optimal ridge and closed forms. Never imports the simulation."""
