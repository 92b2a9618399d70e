"""The limits of CPU time that other tests rely on."""

import subprocess
import sys
from pathlib import Path

import cpu_limit
import pytest

BUSY = "while True: pass"


def test_a_busy_loop_has_timed_out():
    with pytest.raises(cpu_limit.TimedOut, match=r"^timed out after 1 s of CPU time: "):
        cpu_limit.run([sys.executable, "-c", BUSY], 1)


def test_so_has_a_sleeper_but_by_the_clock():
    with pytest.raises(cpu_limit.TimedOut, match=r"^timed out, asleep for 0.1 s: "):
        cpu_limit.run([sys.executable, "-c", "import time; time.sleep(3600)"], 1, asleep=0.1)


def test_sleep_is_no_cpu_time_and_a_failure_no_timeout():
    code = "import sys, time; time.sleep(1.2); print('said'); sys.exit('failed')"
    done = cpu_limit.run([sys.executable, "-c", code], 1)  # a start takes 0.05 s of CPU time
    assert (done.returncode, done.stdout, done.stderr) == (1, "said\n", "failed\n")


def test_a_process_that_limits_itself_is_known_by_its_return_code():
    code = f"import cpu_limit; cpu_limit.limit_this_process(1)\n{BUSY}"
    beside = Path(cpu_limit.__file__).parent
    done = subprocess.run([sys.executable, "-c", code], cwd=beside)
    assert cpu_limit.timed_out(done.returncode)
    assert not cpu_limit.timed_out(1)
