"""Run a fixed sweep of two dozen cells into a store; says "begun" once it computes.

python run_sweep.py STORE
"""

import sys

import rfscale as rf

MODELS = {
    "one": rf.ScalingModel(rf.PowerLaw(1.0, 700), sigma_eps=0.1),
    "half": rf.ScalingModel(rf.PowerLaw(0.5, 400)),
}
GRID = {"N": [20, 40, 60, 80], "T": [30, 50, 70], "ridge": [0.0, 1e-2], "draws": 50, "seed": 7}

if __name__ == "__main__":
    # compiled, or found in the cache
    rf.simulate(MODELS["one"], 20, 30, [0.0, 1.0], draws=2, seed=1)
    print("begun", flush=True)
    rf.sweep(MODELS, **GRID, store=sys.argv[1], workers=1)
