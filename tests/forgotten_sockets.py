"""The docker SDK forgets to close a socket that could not connect; nobody else's tests shall hear of it."""

from __future__ import annotations

import contextlib
import gc
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def forgotten_sockets() -> Iterator[None]:
    """Collects what was forgotten inside, without a warning. Keep no exception that holds it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()
