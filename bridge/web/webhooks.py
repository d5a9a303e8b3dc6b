"""The webhook door: checks, stores, answers. Nothing is worked on here.

Label Studio waits for the answer inside a person's click, for one second, and never asks again.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from bridge.errors import BadDeliveryError
from bridge.labelstudio.envelope import Envelope, open_envelope
from bridge.spool import Spool
from bridge.store.inbox import Inbox, StoreDownError
from bridge.telemetry import DELIVERIES

SECRET_HEADER = "X-Gavel-Secret"  # noqa: S105 - the header's name, not a secret
MAX_BODY_BYTES = 64 * 1024 * 1024

blueprint = Blueprint("webhooks", __name__)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the door needs: the shared secrets (two while one is being replaced) and the inbox."""

    secrets: tuple[str, ...]
    inbox: Inbox
    spool: Spool


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
        envelope = open_envelope(body)
    except RequestEntityTooLarge:
        return _answer("too_large", 413, f"a body may have {MAX_BODY_BYTES} bytes at most")
    except BadDeliveryError as exc:
        return _answer("bad_request", 400, str(exc))
    return _keep(door, envelope, body)


def _keep(door: Door, envelope: Envelope, body: bytes) -> tuple[Response, int]:
    try:
        stored = door.inbox.keep(envelope, body)
    except StoreDownError:
        door.spool.put(body)
        log.warning("delivery_spooled", action=envelope.action)
        return _answer("spooled", 202)
    if not envelope.known:
        return _answer("ignored", 202)
    return _answer("accepted" if stored else "duplicate", 202)


def _is_ours(secrets: tuple[str, ...], given: str) -> bool:
    """Compares with every secret, in constant time whatever is given."""
    wanted = given.encode("utf-8", "surrogateescape")
    results = [hmac.compare_digest(secret.encode(), wanted) for secret in secrets if secret]
    return any(results)


def _answer(result: str, status: int, message: str = "") -> tuple[Response, int]:
    DELIVERIES.labels(result=result).inc()
    content = {"result": result, **({"message": message} if message else {})}
    return jsonify(content), status
