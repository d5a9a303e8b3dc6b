"""Reads the few fields of a delivery that decide what is done with it, without building the rest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from bridge.errors import BadDeliveryError
from bridge.labelstudio.events import PARSERS

MAX_ACTION_CHARS = 100


_NOTHING = msgspec.Raw(b"[]")


class _Stamp(msgspec.Struct):
    updated_at: str | None = None


class _Shape(msgspec.Struct):
    """`annotation` and `tasks` stay unread, so that a strange one is kept and not refused."""

    action: str
    annotation: msgspec.Raw = _NOTHING
    tasks: msgspec.Raw = _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the inbox wants to know of a body."""

    action: str
    known: bool
    """Whether we read this action; any other is kept as ignored."""
    digest: bytes | None
    """Set where two equal bodies are one event: where the body tells when its object changed."""


_SHAPES = msgspec.json.Decoder(_Shape)
_STAMPS = msgspec.json.Decoder(_Stamp | list[_Stamp])


def open_envelope(body: bytes) -> Envelope:
    """Gives a body's envelope; the whole body is checked to be JSON, most of it is skipped.

    Raises:
        BadDeliveryError: not a JSON object with a string `action` of usual length.
    """
    try:
        shape = _SHAPES.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise BadDeliveryError(f"expected a JSON object with a string `action`: {exc}") from exc
    if len(shape.action) > MAX_ACTION_CHARS:
        raise BadDeliveryError(f"`action` is over {MAX_ACTION_CHARS} characters long")
    return Envelope(
        action=shape.action,
        known=shape.action in PARSERS,
        digest=hashlib.sha256(body).digest() if _is_dated(shape) else None,
    )


def _is_dated(shape: _Shape) -> bool:
    try:
        found = [_STAMPS.decode(part) for part in (shape.annotation, shape.tasks)]
    except msgspec.DecodeError:
        return False
    stamps = [stamp for part in found for stamp in (part if isinstance(part, list) else [part])]
    return bool(stamps) and all(stamp.updated_at for stamp in stamps)
