"""Run a fixed sweep of two dozen cells into a store: python run_sweep.py STORE. Says "begun" once
it computes.
"""

import sys

import rfscale as rf

MODELS = {
    "one": rf.ScalingModel(rf.PowerLaw(1.0, 700), sigma_eps=0.1),
    "half": rf.ScalingModel(rf.PowerLaw(0.5, 400)),
}
GRID = {"N": [20, 40, 60, 80], "T": [30, 50, 70], "ridge": [0.0, 1e-2], "draws": 50, "seed": 7}

if __name__ == "__main__":
    rf.simulate(
        MODELS["one"], 20, 30, [0.0, 1.0], draws=2, seed=1
    )  # compiled, or found in the cache
    print("begun", flush=True)
    rf.sweep(MODELS, **GRID, store=sys.argv[1], workers=1)
