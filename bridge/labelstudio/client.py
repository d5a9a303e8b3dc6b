"""Talks to Label Studio; the only user of label_studio_sdk.

The SDK's transport is used (it renews personal access tokens and keeps connections), not its typed
models: those drop fields that a later Label Studio adds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
from label_studio_sdk.client import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from bridge.errors import LabelStudioError

TIMEOUT_S = 30.0
IMPORT_TIMEOUT_S = 300.0
PAGE_SIZE = 100
_BODY_SHOWN = 500

Json = dict[str, Any]


class LabelStudioClient:
    """Label Studio's API as far as the service needs it. Safe to share between threads.

    A 404 is an answer (None); everything else that is not a success raises LabelStudioError, whose
    `retry` says whether trying again can help.
    """

    def __init__(self, url: str, token: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._timeout_s = timeout_s
        self._opened: Any = None
        self._opening = threading.Lock()

    def close(self) -> None:
        """Closes the connections; the next call opens new ones."""
        with self._opening:
            if self._opened is not None:
                self._opened.httpx_client.close()
                self._opened = None

    def __repr__(self) -> str:
        return f"LabelStudioClient({self.url!r})"

    # People, server

    def version(self) -> str:
        """The server's release, for example `1.23.2`."""
        return str(self._get("api/version/").get("release", ""))

    def whoami(self) -> Json:
        """The user that the token belongs to."""
        found: Json = self._get("api/current-user/whoami")
        return found

    def token_kind(self) -> str:
        """`legacy` or `personal`, by the token's own form."""
        return "personal" if self._token.count(".") == 2 else "legacy"

    def users(self) -> list[Json]:
        """Members of the organisation."""
        found = self._get("api/users/")
        return list(found) if isinstance(found, list) else list(found.get("results", []))

    # Projects

    def projects(self) -> list[Json]:
        """All projects that the token can see."""
        return list(self._paged("api/projects/", {}))

    def project(self, project_id: int) -> Json | None:
        """One project, with its label config."""
        return self._object_or_none(f"api/projects/{project_id}/")

    def create_project(self, fields: Mapping[str, Any]) -> Json:
        """Makes a project and gives it back."""
        return self._send("POST", "api/projects/", dict(fields))

    def update_project(self, project_id: int, fields: Mapping[str, Any]) -> Json:
        """Changes the named fields of a project."""
        return self._send("PATCH", f"api/projects/{project_id}/", dict(fields))

    def create_view(self, project_id: int, data: Mapping[str, Any]) -> Json:
        """Makes a Data Manager view; without one the first open of a task shows no pre-fill."""
        return self._send("POST", "api/dm/views/", {"project": project_id, "data": dict(data)})

    def views(self, project_id: int) -> list[Json]:
        """The Data Manager views of a project."""
        found = self._get("api/dm/views/", {"project": project_id})
        return list(found)

    # Webhooks

    def webhooks(self, project_id: int) -> list[Json]:
        """The webhooks of a project."""
        return list(self._get("api/webhooks/", {"project": project_id}))

    def save_webhook(self, fields: Mapping[str, Any], webhook_id: int | None = None) -> Json:
        """Makes or changes a webhook."""
        if webhook_id is None:
            return self._send("POST", "api/webhooks/", dict(fields))
        return self._send("PATCH", f"api/webhooks/{webhook_id}/", dict(fields))

    # Tasks, annotations, predictions

    def task(self, task_id: int) -> Json | None:
        """A task with its annotations and predictions; None where it is gone."""
        return self._object_or_none(f"api/tasks/{task_id}/")

    def tasks(self, project_id: int, *, fields: str = "task_only") -> Iterator[Json]:
        """The project's tasks, page by page; `fields="all"` adds annotations and predictions."""
        yield from self._paged("api/tasks/", {"project": project_id, "fields": fields}, "tasks")

    def create_task(self, project_id: int, data: Mapping[str, Any]) -> Json:
        """Makes one task."""
        return self._send("POST", "api/tasks/", {"project": project_id, "data": dict(data)})

    def delete_task(self, task_id: int) -> None:
        """Removes a task; one that is gone already is no error."""
        self._request("DELETE", f"api/tasks/{task_id}/", allow=(404,))

    def import_tasks(self, project_id: int, tasks: Sequence[Mapping[str, Any]]) -> Json:
        """Imports tasks (`data`, and `predictions` if there are any) in one request."""
        return self._send(
            "POST",
            f"api/projects/{project_id}/import?return_task_ids=true",
            [dict(task) for task in tasks],
            timeout_s=IMPORT_TIMEOUT_S,
        )

    def annotations(self, task_id: int) -> list[Json]:
        """The live annotations of a task; empty where the task is gone."""
        return list(self._get_or_none(f"api/tasks/{task_id}/annotations/") or [])

    def annotation(self, annotation_id: int) -> Json | None:
        """One annotation; None where it is gone."""
        return self._object_or_none(f"api/annotations/{annotation_id}/")

    def predictions(self, task_id: int) -> list[Json]:
        """The predictions of a task."""
        return list(self._get("api/predictions/", {"task": task_id}))

    def import_predictions(self, project_id: int, items: Sequence[Mapping[str, Any]]) -> int:
        """Makes predictions in one request and gives back how many were created."""
        answer = self._send(
            "POST",
            f"api/projects/{project_id}/import/predictions",
            [dict(item) for item in items],
            timeout_s=IMPORT_TIMEOUT_S,
        )
        return int(answer.get("created", 0))

    def update_prediction(self, prediction_id: int, fields: Mapping[str, Any]) -> None:
        """Changes a prediction; one that is gone is no error."""
        path = f"api/predictions/{prediction_id}/"
        self._request("PATCH", path, body=dict(fields), allow=(404,))

    # Transport

    def _paged(self, path: str, params: Mapping[str, Any], key: str = "results") -> Iterator[Json]:
        page = 1
        while True:
            query = {**params, "page": page, "page_size": PAGE_SIZE}
            found = self._get_or_none(path, query)
            items = (found or {}).get(key, []) if not isinstance(found, list) else found
            yield from items
            if isinstance(found, list) or len(items) < PAGE_SIZE:
                return
            page += 1

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self._request("GET", path, params=params).json()

    def _get_or_none(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        response = self._request("GET", path, params=params, allow=(404,))
        return None if response.status_code == 404 else response.json()

    def _object_or_none(self, path: str) -> Json | None:
        found: Json | None = self._get_or_none(path)
        return found

    def _send(self, method: str, path: str, body: Any, *, timeout_s: float | None = None) -> Json:
        response = self._request(method, path, body=body, timeout_s=timeout_s)
        answer: Json = response.json() if response.content else {}
        return answer

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        allow: tuple[int, ...] = (),
        timeout_s: float | None = None,
    ) -> httpx.Response:
        try:
            response: httpx.Response = self._transport().request(
                path,
                method=method,
                params=dict(params) if params else None,
                json=body,
                request_options={
                    "timeout_in_seconds": timeout_s or self._timeout_s,
                    "max_retries": 0,
                },
            )
        except (httpx.HTTPError, ApiError) as exc:
            raise _unreachable(self.url, method, path, exc) from exc
        if response.status_code < 400 or response.status_code in allow:
            return response
        raise _refused(self.url, method, path, response)

    def _transport(self) -> Any:
        with self._opening:
            if self._opened is None:
                client = LabelStudio(
                    base_url=self.url, api_key=self._token, timeout=self._timeout_s
                )
                self._opened = client._client_wrapper.httpx_client  # noqa: SLF001 - see the module's docstring
        return self._opened


def _unreachable(url: str, method: str, path: str, exc: Exception) -> LabelStudioError:
    status = getattr(exc, "status_code", None)
    if status in {401, 403}:
        return LabelStudioError(
            f"Label Studio at {url} refused the token ({status}). Make a new one under Account & "
            "Settings and set GAVEL_LABEL_STUDIO_TOKEN.",
            reason="token_refused",
        )
    return LabelStudioError(
        f"{method} {path}: no answer from Label Studio at {url} ({type(exc).__name__}). Is it "
        "running, and does the address hold from this machine?",
        reason="unreachable",
        retry=True,
    )


def _refused(url: str, method: str, path: str, response: httpx.Response) -> LabelStudioError:
    status = response.status_code
    if status in {401, 403}:
        return LabelStudioError(
            f"{method} {path}: Label Studio at {url} refused the token ({status}). Check "
            "GAVEL_LABEL_STUDIO_TOKEN and that its user may see the project.",
            reason="token_refused",
        )
    return LabelStudioError(
        f"{method} {path}: Label Studio at {url} answered {status}: {response.text[:_BODY_SHOWN]}",
        reason=f"http_{status}",
        retry=status == 429 or status >= 500,
    )
