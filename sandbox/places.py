"""Leads from a line of a file the toolchain saw to the line of the original text, and makes findings there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sandbox.model import (
    Finding,
    FindingEvidence,
    Fix,
    Grade,
    Severity,
    Snippet,
    SnippetFile,
    StageName,
)
from sandbox.output_text import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A position in a file of the snippet as the toolchain names it."""

    file: str
    line: int
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class Locator:
    """Knows every file of one snippet."""

    snippet: Snippet

    def file(self, name: str) -> SnippetFile | None:
        """Gives the snippet's file of that name; tools may write `./name` or `/name`."""
        bare = name.removeprefix("./").lstrip("/")
        module = self.snippet.go_mod
        files = (*self.snippet.files, *self.snippet.tests, *((module,) if module else ()))
        return next((file for file in files if file.name == bare), None)

    def owns(self, name: str) -> bool:
        """Tells whether the file came from the snippet or its task."""
        return self.file(name) is not None

    def is_answer(self, name: str) -> bool:
        """Tells whether the file is part of the answer, not of the task."""
        file = self.file(name)
        return file is not None and file in self.snippet.files

    def original(self, place: Place) -> Place:
        """Gives the place in the original text."""
        file = self.file(place.file)
        if file is None:
            return place
        return Place(
            file=file.source,
            line=file.first_line + place.line - 1,
            column=_column(file, place.line, place.column),
            end_line=place.end_line and file.first_line + place.end_line - 1,
            end_column=place.end_column
            and _column(file, place.end_line or place.line, place.end_column),
        )

    def excerpt(self, place: Place) -> str:
        """Gives the line of the original text on which the place lies."""
        file = self.file(place.file)
        if file is None:
            return ""
        lines = file.text.split("\n")
        if not 1 <= place.line <= len(lines):
            return ""
        line = lines[place.line - 1]
        return (
            line.encode()[max(0, file.column_shift) :].decode(errors="replace")
            if place.line == 1
            else line
        )

    def finding(
        self,
        place: Place,
        *,
        tool: str,
        rule: str,
        message: str,
        severity: Severity,
        grade: Grade,
        stage: StageName,
        cwe: int | None = None,
        runs: int = 1,
        hits: int = 1,
        fix: Fix | None = None,
    ) -> Finding:
        """Gives a finding at the original of a place."""
        if not self.owns(place.file):
            # A tool may be made to name any file; evidence stays within the snippet.
            place = Place(file=self.snippet.files[0].name, line=1)
        at = self.original(place)
        key = f"{tool}\0{rule}\0{at.file}\0{at.line}\0{at.column}\0{self.excerpt(place).strip()}"
        return Finding(
            id=hashlib.sha256(key.encode(errors="replace")).hexdigest()[:16],
            tool=tool,
            rule=visible(rule),
            cwe=cwe,
            severity=severity,
            grade=grade,
            file=at.file,
            line=at.line,
            column=at.column,
            end_line=at.end_line,
            end_column=at.end_column,
            excerpt=visible(self.excerpt(place)),
            message=visible(message),
            evidence=FindingEvidence(stage=stage, runs=runs, hits=hits),
            fix=fix,
        )


def _column(file: SnippetFile, line: int, column: int) -> int:
    return max(1, column - file.column_shift) if line == 1 else max(1, column)
