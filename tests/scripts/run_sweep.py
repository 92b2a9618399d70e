"""Run a fixed sweep of two dozen cells into a store.

python run_sweep.py STORE
python run_sweep.py STORE SIGNAL CELLS SECONDS
    send SIGNAL, SIGINT or SIGPROF, which kills, to this process when CELLS have been stored and so
    much CPU time has passed: on a busy machine that is the same moment
"""

import signal
import sys

import rfscale as rf
from rfscale.simulation.running.store import Store

MODELS = {
    "one": rf.ScalingModel(rf.PowerLaw(1.0, 700), sigma_eps=0.1),
    "half": rf.ScalingModel(rf.PowerLaw(0.5, 400)),
}
GRID = {"N": [20, 40, 60, 80], "T": [30, 50, 70], "ridge": [0.0, 1e-2], "draws": 50, "seed": 7}


def interrupt(name, cells, seconds):
    """Start the timer when the last of the cells is stored, or at once."""
    if name == "SIGINT":
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent may have ignored it
        signal.signal(signal.SIGPROF, lambda *at: signal.raise_signal(signal.SIGINT))
    write = Store.write
    stored = []

    def write_and_count(self, *outcome):
        write(self, *outcome)
        stored.append(outcome)
        if len(stored) == cells:
            signal.setitimer(signal.ITIMER_PROF, seconds)

    Store.write = write_and_count
    if cells == 0:
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    # compiled, or found in the cache
    rf.simulate(MODELS["one"], 20, 30, [0.0, 1.0], draws=2, seed=1)
    store, *when = sys.argv[1:]
    if when:
        interrupt(when[0], int(when[1]), float(when[2]))
    rf.sweep(MODELS, **GRID, store=store, workers=1)
