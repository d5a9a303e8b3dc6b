"""Talks to an OpenAI-compatible endpoint (`POST {url}/chat/completions`); the only reader of its replies."""

from __future__ import annotations

from collections.abc import Sequence

import requests
from pydantic import BaseModel

from bridge.errors import GavelError
from bridge.settings import SecondOpinionSettings

_CONNECT_S = 5.0
_REPLY_BYTES = 256 * 1024
_TRY_AGAIN = 500
_TOO_MANY = 429


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Reply(BaseModel):
    choices: list[_Choice]


class EndpointError(GavelError):
    """The endpoint refused, could not be reached, or said something else than a reply."""

    reason = "second_opinion"


def complete(settings: SecondOpinionSettings, messages: Sequence[dict[str, str]]) -> str:
    """Gives the text of the reply.

    Raises:
        EndpointError: When none came; `retry` tells whether a later call may do better.
    """
    token = settings.token.get_secret_value()
    try:
        with requests.post(
            f"{settings.url.rstrip('/')}/chat/completions",
            json={"model": settings.model, "messages": list(messages), "temperature": 0},
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=(_CONNECT_S, settings.timeout_s),
            # A redirect would carry the snippet to somewhere nobody has configured.
            allow_redirects=False,
            stream=True,
        ) as reply:
            body = reply.raw.read(_REPLY_BYTES + 1, decode_content=True)
    except (requests.RequestException, OSError) as exc:
        # Its text could hold the address with a password in it.
        raise EndpointError(
            f"the second opinion's endpoint can't be reached: {type(exc).__name__}", retry=True
        ) from None
    if not reply.ok or reply.is_redirect:
        again = reply.status_code >= _TRY_AGAIN or reply.status_code == _TOO_MANY
        raise EndpointError(
            f"the second opinion's endpoint answered {reply.status_code}; expected 200. "
            "Check second_opinion.url, model and token in gavel.yaml.",
            retry=again,
        )
    return _content(body)


def _content(body: bytes) -> str:
    if len(body) > _REPLY_BYTES:
        raise EndpointError(f"the second opinion's reply has over {_REPLY_BYTES} bytes")
    try:
        content = _Reply.model_validate_json(body).choices[0].message.content
    except (ValueError, IndexError) as exc:
        message = "the second opinion's endpoint sent no choices[0].message.content"
        raise EndpointError(f"{message}; expected a chat completion.") from exc
    return content
