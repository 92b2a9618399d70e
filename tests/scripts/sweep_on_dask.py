"""A sweep on two dask worker processes, one of which is killed in the middle.

python sweep_on_dask.py STORE RESULT
"""

import contextlib
import os
import signal
import sqlite3
import sys
import threading
import time

from run_sweep import GRID, MODELS

import rfscale as rf


def kill_one_in_the_middle(client, store, killed):
    while not done(store):
        time.sleep(0.001)
    pid = next(iter(client.run(os.getpid).values()))
    killed.append((pid, done(store)))
    os.kill(pid, signal.SIGKILL)


def done(store):
    if not os.path.exists(store):  # SQLite would make it
        return 0
    try:
        with contextlib.closing(sqlite3.connect(store)) as file:
            return file.execute("select count(*) from cells").fetchone()[0]
    except sqlite3.OperationalError:  # not there yet
        return 0


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
        killed = []
        killer = threading.Thread(
            target=kill_one_in_the_middle, args=(client, store, killed), daemon=True
        )
        killer.start()
        rf.sweep(MODELS, **GRID, store=store, executor=client.get_executor()).save(result)
        killer.join()
    print("killed after", killed[0][1], "cells")
