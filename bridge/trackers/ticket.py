"""From a subject to a ticket or a comment, in neutral blocks. Pure: the words are a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from bridge.trackers import FAMILY_LABEL, LABEL_PREFIX, SUMMARY_CHARACTERS, Comment, Ticket
from bridge.trackers.document import (
    Block,
    Bullets,
    Code,
    Document,
    Heading,
    Link,
    Paragraph,
    Quote,
    TableBlock,
)
from bridge.trackers.subject import Subject

TEMPLATE = "override.j2"
ELLIPSIS = "\u2026"


class Words:
    """The named texts of one template for one subject."""

    def __init__(self, template: Template, subject: Subject) -> None:
        self._template = template
        self._context = template.new_context({"s": subject})

    def __getitem__(self, name: str) -> str:
        """One block, as plain text."""
        block: Any = self._template.blocks[name]
        return "".join(block(self._context)).strip()


def template_of(text: str) -> Template:
    """A template from its text, in a sandboxed environment; its output is plain text, not HTML."""
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False).from_string(text)


def ticket_for(subject: Subject, template: Template) -> Ticket:
    """Gives the ticket; the same subject gives the same ticket."""
    words = Words(template, subject)
    return Ticket(
        key=subject.key,
        summary=one_line(words["summary"]),
        body=tuple(_body(subject, words)),
        labels=(FAMILY_LABEL, LABEL_PREFIX + subject.key),
        facts={
            "v": 1,
            "key": subject.key,
            "project": subject.project_id,
            "task": subject.task_id,
            "annotation": subject.annotation_id,
            "generation": subject.generation,
        },
    )


def comment_for(subject: Subject, template: Template) -> Comment:
    """Gives the comment that tells a further change."""
    words = Words(template, subject)
    blocks = (
        Paragraph(words["comment"]),
        *_table(subject, words),
        *_why(subject, words, titled=False),
        Paragraph(subject.marker),
    )
    return Comment(marker=subject.marker, body=blocks)


def one_line(text: str, limit: int = SUMMARY_CHARACTERS) -> str:
    """A text without line breaks, cut to `limit` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + ELLIPSIS


def _body(subject: Subject, words: Words) -> Iterator[Block]:
    yield Paragraph(words["lead"])
    yield from _table(subject, words)
    yield from _why(subject, words, titled=True)
    yield from _links(subject, words)
    yield Heading(words["closing"])
    yield Paragraph(words["close"])
    yield from _evidence(subject, words)
    if subject.extract.text:
        yield Heading(words["code"])
        yield Code(subject.extract.text, "go")
    yield Paragraph(words["machine"])


def _table(subject: Subject, words: Words) -> Document:
    if not subject.changes:
        return ()
    rows = tuple((c.name, c.before, c.suggested, c.after, c.state) for c in subject.changes)
    return (Heading(words["changed"]), TableBlock(tuple(words["columns"].split("|")), rows))


def _why(subject: Subject, words: Words, *, titled: bool) -> Iterator[Block]:
    if titled:
        yield Heading(words["why"])
    lines = [f"{r.code}: {r.text}".rstrip(": ") for r in subject.reasons]
    lines += [f"clause {clause}" for clause in subject.clauses]
    if lines:
        yield Bullets(tuple(lines))
    elif titled and not subject.quotes:
        yield Paragraph(words["no_reason"])
    for name, text in subject.quotes:
        yield Quote(f"{name}: {text}" if name else text)
    for flag, block in (
        ("base_claimed", "claimed"),
        ("claim_disagrees", "disagrees"),
        ("stale_overwrite", "stale"),
    ):
        if flag in subject.flags:
            yield Paragraph(words[block])


def _evidence(subject: Subject, words: Words) -> Iterator[Block]:
    yield Heading(words["evidence"])
    if subject.evidence:
        yield Code("\n".join(subject.evidence))
    else:
        yield Paragraph(words["no_evidence"])
    if subject.repeat:
        yield Paragraph(words["repeat"])
        yield Code(subject.repeat, "bash")


def _links(subject: Subject, words: Words) -> Iterator[Block]:
    yield Heading(words["links"])
    yield Link(words["task_link"], subject.task_url)
    if subject.evidence_url:
        yield Link(words["evidence_link"], subject.evidence_url)
