"""The webhook door: checks, stores, answers. Nothing is worked on here.

Label Studio waits for the answer inside a person's click, for one second, and never asks again.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from bridge.labelstudio.events import PARSERS
from bridge.spool import Spool
from bridge.store.inbox import Inbox, StoreDownError
from bridge.telemetry import DELIVERIES

SECRET_HEADER = "X-Gavel-Secret"  # noqa: S105 - the header's name, not a secret
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_ACTION_CHARS = 100

blueprint = Blueprint("webhooks", __name__)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the door needs: the shared secrets (two while one is being replaced) and the inbox."""

    secrets: tuple[str, ...]
    inbox: Inbox
    spool: Spool


class _Stamp(msgspec.Struct):
    updated_at: str | None = None


class _Envelope(msgspec.Struct):
    """The few fields the door reads; the parser checks and skips all others."""

    action: str
    annotation: _Stamp | list[_Stamp] | msgspec.UnsetType = msgspec.UNSET
    tasks: list[_Stamp] | msgspec.UnsetType = msgspec.UNSET


_DECODER = msgspec.json.Decoder(_Envelope)


@blueprint.post("/webhooks/label-studio")
def receive() -> tuple[Response, int]:
    """Answers 202 once the delivery and its job are committed together.

    401 wrong secret, 413 too large, 400 not a JSON object with a string `action`. An action that
    is unknown is kept as ignored: a later release may want it.
    """
    door: Door = current_app.extensions["gavel.door"]
    if not _is_ours(door.secrets, request.headers.get(SECRET_HEADER, "")):
        return _answer("refused", 401, f"the header {SECRET_HEADER} is missing or wrong")
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _answer("too_large", 413, f"a body may have {MAX_BODY_BYTES} bytes at most")
    try:
        envelope = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        return _answer("bad_request", 400, f"expected a JSON object with a string `action`: {exc}")
    if len(envelope.action) > MAX_ACTION_CHARS:
        return _answer("bad_request", 400, f"`action` is over {MAX_ACTION_CHARS} characters long")
    return _keep(door, envelope, body)


def _keep(door: Door, envelope: _Envelope, body: bytes) -> tuple[Response, int]:
    digest = hashlib.sha256(body).digest() if _has_timestamp(envelope) else None
    known = envelope.action in PARSERS
    try:
        stored = door.inbox.keep(action=envelope.action, body=body, digest=digest, known=known)
    except StoreDownError:
        door.spool.put(body)
        log.warning("delivery_spooled", action=envelope.action)
        return _answer("spooled", 202)
    if not known:
        return _answer("ignored", 202)
    return _answer("accepted" if stored else "duplicate", 202)


def _is_ours(secrets: tuple[str, ...], given: str) -> bool:
    """Compares with every secret, in constant time whatever is given."""
    wanted = given.encode("utf-8", "surrogateescape")
    results = [hmac.compare_digest(secret.encode(), wanted) for secret in secrets if secret]
    return any(results)


def _has_timestamp(envelope: _Envelope) -> bool:
    """Whether the body tells when its object changed; two equal bodies are one event only then."""
    stamps: list[_Stamp] = []
    if isinstance(envelope.annotation, list):
        stamps += envelope.annotation
    elif isinstance(envelope.annotation, _Stamp):
        stamps.append(envelope.annotation)
    if isinstance(envelope.tasks, list):
        stamps += envelope.tasks
    return bool(stamps) and all(stamp.updated_at for stamp in stamps)


def _answer(result: str, status: int, message: str = "") -> tuple[Response, int]:
    DELIVERIES.labels(result=result).inc()
    content: dict[str, Any] = {"result": result}
    if message:
        content["message"] = message
    return jsonify(content), status


def spool_folder(data_dir: Path) -> Path:
    """Where deliveries wait while the database is down."""
    return data_dir / "spool"
