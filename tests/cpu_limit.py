"""Limits for what runs in a process of its own: CPU time, which a busy machine does not use up.

What exceeds its limit is ended by SIGXCPU and has "timed out", which is not the same as a failure.
Time on the clock ends only what sleeps for ever.
"""

import resource
import signal
import subprocess

ASLEEP = 3600  # seconds on the clock, after which what has used no CPU time waits for nothing


class TimedOut(Exception):
    """A process exceeded its limit."""


def limit_this_process(seconds):
    """End this process with SIGXCPU once it has used so much CPU time, without a core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def limited(command, seconds):
    """The command with a limit, which each process that it starts gets anew."""
    limits = f'ulimit -S -c 0; ulimit -S -t {seconds}; exec "$@"'
    return ["sh", "-c", limits, "sh", *map(str, command)]


def timed_out(returncode):
    """Whether SIGXCPU ended a process, or the last command of a shell."""
    return returncode in (-signal.SIGXCPU, 128 + signal.SIGXCPU)


def run(command, seconds, asleep=ASLEEP, **options):
    """`subprocess.run` of a command, with text caught; raises TimedOut beyond its CPU time."""
    options = {"capture_output": True, "text": True} | options
    try:
        done = subprocess.run(limited(command, seconds), timeout=asleep, **options)
    except subprocess.TimeoutExpired as error:
        raise TimedOut(f"timed out, asleep for {asleep} s: {command}") from error
    if timed_out(done.returncode):
        raise TimedOut(f"timed out after {seconds} s of CPU time: {command}\n{done.stderr}")
    return done
