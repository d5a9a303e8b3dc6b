"""The second opinion in the service: asks once for each content and rubric, and keeps the answers as hints."""

from __future__ import annotations

import secrets

import structlog

from bridge.bootstrap import Services
from bridge.chat_endpoint import EndpointError, complete
from bridge.labelstudio.payload import sources_of
from bridge.labelstudio.task_input import snippet_of
from bridge.opinions import BadOpinionError, Material, messages, read_reply
from bridge.settings import ProjectSettings
from bridge.store import opinions as opinion_store
from bridge.store import tasks as task_store
from rubric.rules.checklist import checklist

log = structlog.get_logger(__name__)


def ask(services: Services, key: str) -> None:
    """Asks about one content, once for each rubric of the projects that hold it; can be done twice.

    Raises:
        EndpointError: When the endpoint gave no usable reply.
    """
    settings = services.settings.second_opinion
    with services.engine.begin() as conn:
        rows = task_store.with_content(conn, key)
    for row in {row.project_id: row for row in rows}.values():
        project = services.project(row.project_id)
        if project is None or not settings.url or project.mode != "assisted":
            continue
        rubric = services.rubric(project)
        with services.engine.begin() as conn:
            if opinion_store.found(conn, key, rubric.version) is not None:
                continue
        questions = checklist((), rubric)
        if not questions:
            continue
        sent = messages(
            _material(row.data, project),
            questions,
            mark=secrets.token_hex(16),
            most_characters=settings.most_characters,
        )
        try:
            answers = read_reply(complete(settings, sent), [one.clause for one in questions])
        except BadOpinionError as exc:
            raise EndpointError(f"the second opinion can't be read: {exc}", retry=True) from exc
        with services.engine.begin() as conn:
            opinion_store.save(
                conn,
                key,
                rubric=rubric.version,
                model=settings.model,
                answers=[one.model_dump(mode="json") for one in answers],
            )
        log.info("second_opinion", answers=len(answers), asked=len(questions))


def _material(data: dict[str, object], project: ProjectSettings) -> Material:
    given = snippet_of(data, project.columns)
    return Material(prompt=given.prompt, files=sources_of(given))
