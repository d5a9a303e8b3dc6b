"""Jira Data Center (REST v2, wiki) and Cloud (REST v3, ADF). The only user of the `jira` client.

The client makes and keeps the session; requests go straight through it, since its own create reads
the issue again, its search follows the server's kind and its retries make second tickets.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from jira import JIRA, JIRAError
from requests.exceptions import ConnectionError as ConnectionLostError
from requests.exceptions import ConnectTimeout, RequestException

from bridge.errors import ConfigError
from bridge.settings import Settings, TrackerSettings
from bridge.store.outbox import Engine
from bridge.trackers import (
    LABEL_PREFIX,
    BackLink,
    Comment,
    Outcome,
    OutcomeKind,
    Ticket,
    TicketRef,
    TrackerError,
)
from bridge.trackers.adf import render_adf
from bridge.trackers.document import Document, cut
from bridge.trackers.wiki import render_wiki

TIMEOUT_S = (5, 30)
"""To connect, and between two bytes of the answer."""
TEXT_CHARACTERS = 32_000
"""Jira keeps 32,767 characters in a text field."""
FOUND_AT_MOST = 20
PROPERTY = "gavel"
SHORTENED = "The rest was left out for length; the evidence page has all of it."
_REFUSED = {400, 401, 403, 404, 405, 413, 415, 422}


class JiraTracker:
    """See Tracker for the contract. Safe to share: each thread gets a client of its own."""

    name = "jira"

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._url = settings.url.rstrip("/")
        self._local = threading.local()

    @classmethod
    def from_settings(cls, settings: Settings, engine: Engine) -> JiraTracker:
        """A tracker for the configured Jira; nothing is sent yet.

        Raises:
            ConfigError: address or project is missing.
        """
        del engine
        missing = [n for n in ("url", "project") if not getattr(settings.tracker, n)]
        if missing:
            raise ConfigError(
                f"tracker.kind is jira, so set tracker.{' and tracker.'.join(missing)}"
            )
        return cls(settings.tracker)

    def __repr__(self) -> str:
        return f"JiraTracker({self._url!r})"

    def create(self, ticket: Ticket) -> Outcome:
        """See Tracker. One POST, never repeated, with the label in its body."""
        try:
            session, url = self._session(), self._address("issue")
        except TrackerError as exc:
            return _outcome(exc)
        try:
            answer = session.post(url, data=json.dumps(self._issue(ticket)))
        except (JIRAError, RequestException) as exc:
            return _creation_failed(exc)
        return self._created(answer)

    def find(self, key: str) -> tuple[TicketRef, ...]:
        """See Tracker. The label decides in each hit: an index can answer anything."""
        label = LABEL_PREFIX + key
        jql = f'project = "{self._settings.project}" AND labels = "{label}"'
        with self._asking():
            answer = self._search(jql)
        hits = [
            issue
            for issue in answer.get("issues", ())
            if label in (issue.get("fields") or {}).get("labels", ())
        ]
        return tuple(self._ref(issue) for issue in sorted(hits, key=lambda i: int(i["id"])))

    def link(self, ref: TicketRef, link: BackLink) -> None:
        """See Tracker. Jira itself updates a remote link of the same globalId."""
        body = {"globalId": link.global_id, "object": {"url": link.url, "title": link.title}}
        with self._asking():
            self._at(ref, "remotelink", lambda url: self._post(url, body))

    def comment(self, ref: TicketRef, comment: Comment) -> None:
        """See Tracker. Comments are read by issue, not through the index."""
        body = {"body": self._text(comment.body)}

        def unless_there(url: str) -> None:
            if not any(comment.marker in text for text in self._comments(url)):
                self._post(url, body)

        with self._asking():
            self._at(ref, "comment", unless_there)

    def _at(self, ref: TicketRef, part: str, act: Callable[[str], None]) -> None:
        """Acts on the ticket by its key, and by its id where the key leads nowhere any more."""
        try:
            act(self._address(f"issue/{ref.key}/{part}"))
        except JIRAError as exc:
            if exc.status_code != 404:
                raise
            act(self._address(f"issue/{ref.id}/{part}"))

    def _post(self, url: str, body: Mapping[str, Any]) -> None:
        self._session().post(url, data=json.dumps(body))

    def _search(self, jql: str) -> dict[str, Any]:
        session = self._session()
        query: dict[str, Any] = {"jql": jql, "fields": ["labels"], "maxResults": FOUND_AT_MOST}
        if self._cloud:
            answer = session.post(self._address("search/jql"), data=json.dumps(query))
        else:
            answer = session.get(self._address("search"), params={**query, "fields": "labels"})
        found: dict[str, Any] = answer.json()
        return found

    def _comments(self, url: str) -> Iterator[str]:
        """The newest comments, as text; markup escapes are taken out."""
        query = {"maxResults": 100, "orderBy": "-created"}
        for found in self._session().get(url, params=query).json().get("comments", ()):
            yield json.dumps(found.get("body"), ensure_ascii=False).replace("\\\\", "")

    @property
    def _cloud(self) -> bool:
        return self._settings.api_version == "3"

    def _issue(self, ticket: Ticket) -> dict[str, Any]:
        fields = {
            "project": {"key": self._settings.project},
            "issuetype": {"name": self._settings.issue_type},
            "summary": ticket.summary,
            "description": self._text(ticket.body),
            "labels": list(ticket.labels),
        }
        if not self._cloud:
            return {"fields": fields}
        return {"fields": fields, "properties": [{"key": PROPERTY, "value": ticket.facts}]}

    def _text(self, document: Document) -> Any:
        if not self._cloud:
            return render_wiki(cut(document, TEXT_CHARACTERS, render_wiki, SHORTENED))
        return render_adf(cut(document, TEXT_CHARACTERS, _adf_text, SHORTENED))

    def _created(self, answer: requests.Response) -> Outcome:
        try:
            return Outcome(kind=OutcomeKind.DONE, ref=self._ref(answer.json()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return Outcome(
                kind=OutcomeKind.UNCERTAIN,
                reason="unreadable",
                message=f"Jira answered {answer.status_code} without naming the issue",
            )

    def _ref(self, issue: Mapping[str, Any]) -> TicketRef:
        key = str(issue["key"])
        return TicketRef(id=str(issue["id"]), key=key, url=f"{self._url}/browse/{key}")

    def _address(self, path: str) -> str:
        return f"{self._url}/rest/api/{self._settings.api_version}/{path}"

    def _session(self) -> Any:
        """This thread's session.

        Raises:
            TrackerError: Jira can't be reached; nothing was created.
        """
        if not hasattr(self._local, "client"):
            with self._asking():
                self._local.client = JIRA(
                    server=self._url,
                    options={"rest_api_version": self._settings.api_version},
                    max_retries=0,
                    timeout=TIMEOUT_S,
                    **self._credentials(),
                )
        return self._local.client._session  # noqa: SLF001 - see the module's docstring

    def _credentials(self) -> dict[str, Any]:
        token = self._settings.token.get_secret_value()
        if self._settings.auth == "cloud-basic":
            return {"basic_auth": (self._settings.user, token)}
        return {"token_auth": token} if self._settings.auth == "dc-pat" else {}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Tells the client's errors as ours."""
        try:
            yield
        except JIRAError as exc:
            raise _error(exc) from exc
        except (RequestException, ValueError, KeyError) as exc:
            name = type(exc).__name__
            raise TrackerError(f"Jira: {name}", reason="unreachable", retry=True) from exc


def _adf_text(document: Document) -> str:
    return json.dumps(render_adf(document), ensure_ascii=False)


def _creation_failed(exc: JIRAError | RequestException) -> Outcome:
    """A request that was surely not sent may be sent again; a doubt stays a doubt."""
    if isinstance(exc, JIRAError):
        if exc.status_code == 429:
            return _outcome(_error(exc))
        if exc.status_code in _REFUSED:
            return Outcome(
                kind=OutcomeKind.REJECTED, reason=f"http_{exc.status_code}", message=_said(exc)
            )
        return Outcome(
            kind=OutcomeKind.UNCERTAIN, reason=f"http_{exc.status_code}", message=_said(exc)
        )
    if _never_sent(exc):
        return Outcome(kind=OutcomeKind.RETRY, reason="unreachable", message=type(exc).__name__)
    return Outcome(kind=OutcomeKind.UNCERTAIN, reason="connection_lost", message=type(exc).__name__)


def _never_sent(exc: RequestException) -> bool:
    """Whether the connection was never made."""
    if isinstance(exc, ConnectTimeout):
        return True
    inner = exc.args[0] if isinstance(exc, ConnectionLostError) and exc.args else None
    names = {type(e).__name__ for e in (inner, getattr(inner, "reason", None))}
    return bool(names & {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"})


def _outcome(exc: TrackerError) -> Outcome:
    kind = OutcomeKind.RETRY if exc.retry else OutcomeKind.REJECTED
    return Outcome(kind=kind, reason=exc.reason, message=str(exc), retry_after_s=exc.retry_after_s)


def _error(exc: JIRAError) -> TrackerError:
    status = exc.status_code or 0
    return TrackerError(
        f"Jira answered {status}: {_said(exc)}",
        reason="gone" if status == 404 else f"http_{status}",
        retry=status not in _REFUSED,
        retry_after_s=_retry_after(exc),
    )


def _retry_after(exc: JIRAError) -> float | None:
    """Seconds from a Retry-After header; a date is left to our own delays."""
    value = exc.response.headers.get("Retry-After", "") if exc.response is not None else ""
    return float(value) if value.isdigit() else None


def _said(exc: JIRAError) -> str:
    """Jira's own words with the fields' names, which the client drops. Never headers or bodies."""
    try:
        body = exc.response.json() if exc.response is not None else {}
    except ValueError:
        return "no reason given"
    if not isinstance(body, dict):
        return "no reason given"
    errors = body.get("errors")
    named = errors.items() if isinstance(errors, dict) else ()
    lines = [*map(str, body.get("errorMessages") or ()), *(f"{f}: {m}" for f, m in named)]
    return "; ".join(lines)[:500] or "no reason given"
