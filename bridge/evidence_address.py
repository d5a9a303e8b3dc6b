"""The unguessable address under which a task's evidence is served. Pure, but for making keys."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

URL_FIELD = "evidence_url"
"""The task data that holds the address; whoever imports the task puts it there."""
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def new_key() -> str:
    """A fresh key of 192 random bits."""
    return secrets.token_urlsafe(24)


def evidence_url(public_url: str, key: str) -> str:
    """The address that the editor fetches."""
    return f"{public_url}/e/{key}"


def evidence_key(public_url: str, data: Mapping[str, Any]) -> str | None:
    """The key in a task's data; None where there is none, or it isn't one of ours."""
    value = data.get(URL_FIELD)
    prefix = f"{public_url}/e/"
    if not isinstance(value, str) or not value.startswith(prefix):
        return None
    key = value.removeprefix(prefix).partition("/")[0].partition("?")[0]
    return key if _KEY.fullmatch(key) else None
