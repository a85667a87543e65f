# The work of the Python servers other than Cog's; the same as in predictors.py.
import socket
import time
import urllib.request

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


def announce(port: int, path: str) -> None:
    """Prints the server's URL once it answers, or nothing: who started it has a deadline."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1)
            print(f"http://127.0.0.1:{port}", flush=True)
            return
        except OSError:
            time.sleep(0.1)
