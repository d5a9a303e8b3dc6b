"""Reads the helper's report: one JSON line, then the bytes of the files it names. Pure; trusts nothing."""

from __future__ import annotations

import json
from typing import Any


def parse_frame(data: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Gives the report and its files; both empty when the frame is not whole."""
    head, separator, rest = data.partition(b"\n")
    if not separator:
        return {}, {}
    try:
        frame = json.loads(head)
        announced = [(str(one["name"]), int(one["bytes"])) for one in frame.get("files") or ()]
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}, {}
    files: dict[str, bytes] = {}
    for name, size in announced:
        if size < 0 or size > len(rest):
            return {}, {}
        files[name], rest = rest[:size], rest[size:]
    return frame, files
