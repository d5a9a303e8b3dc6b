"""A folder in which deliveries wait while the database is down. Files appear whole or not at all."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path


class Spool:
    """Bodies on disk, oldest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, body: bytes) -> Path:
        """Keeps a body durably: it is on disk when this returns."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self._folder / f"{time.time_ns():020d}-{uuid.uuid4().hex}.json"
        partial = target.with_suffix(".part")
        with partial.open("wb") as handle:
            handle.write(body)
            handle.flush()
            os.fsync(handle.fileno())
        partial.rename(target)
        self._sync_folder()
        return target

    def waiting(self) -> list[Path]:
        """The files that wait, oldest first."""
        return sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []

    def drain(self, keep: Callable[[bytes], None]) -> int:
        """Hands each body to `keep` and removes it after; gives how many went."""
        moved = 0
        for path in self.waiting():
            keep(path.read_bytes())
            path.unlink(missing_ok=True)
            moved += 1
        return moved

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def spool_folder(data_dir: Path) -> Path:
    """Where deliveries wait while the database is down."""
    return data_dir / "spool"
