"""Small tools for measuring: percentiles, concurrent clients, a server on a free port."""

from __future__ import annotations

import contextlib
import http.client
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from bridge.demo.ports import HOST


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def shown(values: Sequence[float], unit: str = "ms", scale: float = 1000.0) -> str:
    return (
        f"p50 {statistics.median(values) * scale:.1f} {unit}, "
        f"p95 {percentile(values, 0.95) * scale:.1f} {unit}, "
        f"p99 {percentile(values, 0.99) * scale:.1f} {unit} (n={len(values)})"
    )


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, float]:
    """One request on a connection of its own, as Label Studio makes it; (status, seconds)."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
    status = connection.getresponse().status
    connection.close()
    return status, time.perf_counter() - start


def clients(number: int, each: int, call: Callable[[int], float]) -> list[float]:
    """`number` clients at once, `each` calls per client, one after another."""

    def one(client: int) -> list[float]:
        return [call(client * each + index) for index in range(each)]

    with ThreadPoolExecutor(number) as pool:
        return [value for values in pool.map(one, range(number)) for value in values]


@contextlib.contextmanager
def process(command: Sequence[str], environment: dict[str, str], port: int) -> Iterator[None]:
    """A server that is up while the block runs."""
    child = subprocess.Popen(list(command), env={**os.environ, **environment})
    try:
        end = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection(HOST, port, timeout=1)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                break
            if time.monotonic() > end:
                raise TimeoutError(command)
            time.sleep(0.05)
        yield
    finally:
        child.terminate()
        child.wait(30)
