# The work of the Python servers other than Cog's; the same as in predictors.py.
import socket
import time

CPU_STEPS = 60_000


def echo(value):
    return value["text"]


def sleep(value):
    time.sleep(0.02)
    return value["text"]


def cpu(value):
    total = 0
    for i in range(CPU_STEPS):
        total += i
    return value["text"] if total else ""


WORK = {"echo": echo, "sleep": sleep, "cpu": cpu}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
