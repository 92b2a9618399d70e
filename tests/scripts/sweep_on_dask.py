"""A sweep on two dask worker processes, one of which is killed in the middle.

python sweep_on_dask.py STORE RESULT
"""

import os
import signal
import sys

from run_sweep import GRID, MODELS

import rfscale as rf
from rfscale.simulation.running.store import Store


def kill_one_in_the_middle(client):
    """When the first cell has been stored."""
    write = Store.write

    def write_and_kill(self, cell, *outcome):
        write(self, cell, *outcome)
        if len(self.outcomes) == 1:
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
            print("killed after", len(self.outcomes), "cells")

    Store.write = write_and_kill


if __name__ == "__main__":
    from dask.distributed import Client, LocalCluster

    store, result = sys.argv[1:]
    options = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
    }
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        kill_one_in_the_middle(client)
        rf.sweep(MODELS, **GRID, store=store, executor=client.get_executor()).save(result)
