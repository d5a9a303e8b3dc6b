"""Reads what a prompt demands of the form of an answer, and says whether the answer has it. Pure and total.

Every constraint is a hint with the words it was read from; what cannot be decided stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sandbox.constraint import Constraint
from sandbox.prompt_demands import Answer, demand, prose
from sandbox.prompt_signatures import named_functions, named_types, shape_of, signatures

_MOST_CHARACTERS = 64 * 1024
_MOST = 40
_PACKAGES = [
    "archive",
    "bufio",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "encoding",
    "errors",
    "flag",
    "fmt",
    "hash",
    "html",
    "image",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "net",
    "os",
    "path",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unsafe",
]
_NAMES = "|".join(sorted(_PACKAGES, key=len, reverse=True))
_PACKAGE = (
    rf"[`\"'“]?(?P<name>(?:{_NAMES})(?:/[a-z0-9/]+)?)(?P<member>(?:\.[A-Z]\w*)?)(?:\(\))?[`\"'”]?"
)
_NOT = r"(?:do not|don't|does not|must not|should not|shouldn't|may not|cannot|can't|never|without|avoid|no|not allowed to)"
_BANNED = re.compile(
    rf"\b{_NOT}\s+(?:(?:use|using|import|importing|rely(?:ing)? on|call(?:ing)?)\s+)?(?:of\s+)?(?:the\s+|any\s+|anything from\s+)?(?:standard\s+|built-?in\s+)?"
    rf"(?:(?:package|library)\s+)?{_PACKAGE}(?P<package>\s+(?:package|library|module))?",
    re.IGNORECASE,
)
_REQUIRED = re.compile(
    rf"(?<!not )(?<!n't )(?<!without )(?<!never )\b(?i:use|using|with|via|import|by means of)\s+(?:a\s+|an\s+|the\s+)?(?:standard\s+|built-?in\s+)?"
    rf"(?:(?:package|library)\s+)?{_PACKAGE}(?P<package>\s+(?:package|library|module))?",
)
_STANDARD = re.compile(
    r"\b(?:only (?:use )?(?:the )?(?:go(?:'s)? )?(?:standard library|stdlib)|(?:standard library|stdlib) only"
    r"|(?:no|without(?: any)?|avoid|do not use(?: any)?|don't use(?: any)?) (?:third[- ]party|external) (?:dependenc|librar|package|module)\w*"
    r"|(?:use|using) only (?:the )?(?:go )?(?:standard library|stdlib)|no dependencies)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\bpackage\s+(?:name\s+(?:is|must be|should be)\s+)?(?:called\s+|named\s+)?`?(?P<name>[a-z][a-z0-9_]*)`?(?=[\s.,;:)`]|$)|\bin (?:the |a )?`(?P<quoted>[a-z]\w*)` package",
)
_VERSION = re.compile(
    r"\bgo(?:lang)?\s*(?:version\s*)?v?(?P<version>1\.\d{1,2})(?:\.\d+)?(?P<later>\s*(?:\+|or (?:later|newer|higher|above)))?",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:should|must|will|to|and|it|shall)?\s*returns?\s+(?:(?:a|an|the|any|\w+)\s+){0,3}`?errors?`?\b",
    re.IGNORECASE,
)
_NO_ERROR = re.compile(
    r"\b(?:not|never|don't|without)\s+return(?:ing)?\s+(?:an?\s+)?error", re.IGNORECASE
)
_GENERIC = re.compile(
    r"\b(?:use|using|with) generics\b|\bgeneric (?:function|type|implementation|stack|queue|set|map|cache)\b|\btype parameters?\b",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"\b(?:print|output|write|return|respond)s?\s+(?:[\w ]{0,30}\s)?(?:as|in)\s+(?P<format>JSON|CSV|XML|YAML|Markdown)\b|\bexactly (?:the following|one line)\b|\bin the format\b",
    re.IGNORECASE,
)


def constraints(prompt: str, answer: Answer) -> tuple[Constraint, ...]:
    """Gives what the prompt demands, each once, in the order of the readers below."""
    text = prompt[:_MOST_CHARACTERS]
    found: dict[tuple[str, str], Constraint] = {}
    for read in READERS:
        for one in read(text, answer):
            found.setdefault((one.kind, one.wanted), one)
    return tuple(found.values())[:_MOST]


def _banned(text: str, answer: Answer) -> Iterator[Constraint]:
    for match in _BANNED.finditer(prose(text)):
        name, member = match.group("name"), match.group("member")
        if not (member or match.group("package") or "/" in name or _is_quoted(match)):
            continue
        used = _uses(answer, name, member)
        yield demand("banned", name + member, met=not used, match=match)


def _is_quoted(match: re.Match[str]) -> bool:
    before = match.string[match.start("name") - 1 : match.start("name")]
    return before in {"`", '"', "'", "“"} and bool(before)


def _uses(answer: Answer, name: str, member: str) -> bool:
    imported = any(
        path == name or (not member and path.startswith(f"{name}/v")) for path in answer.imports
    )
    if not member:
        return imported
    return imported and bool(
        re.search(rf"\b{re.escape(name.rsplit('/', 1)[-1] + member)}\b", answer.text)
    )


def _required(text: str, answer: Answer) -> Iterator[Constraint]:
    for match in _REQUIRED.finditer(prose(text)):
        name, member = match.group("name"), match.group("member")
        if not (member or match.group("package") or "/" in name or _is_quoted(match)):
            continue
        if _NOT_BEFORE.search(match.string[: match.start()][-24:]):
            continue
        choice = re.match(
            r"\s*(?:,|or|and/or)\s*(?:a |an )?[`\"']?(?:\w+\.)", match.string[match.end() :]
        )
        met: bool | None = _uses(answer, name, member)
        why = "the prompt gives a choice" if choice and not met else ""
        yield demand("required", name + member, met=None if why else met, match=match, why=why)


_NOT_BEFORE = re.compile(rf"{_NOT}\s+(?:\w+\s+)?$", re.IGNORECASE)


def _standard(text: str, answer: Answer) -> Iterator[Constraint]:
    if match := _STANDARD.search(prose(text)):
        foreign = sorted({path for path in answer.imports if _is_foreign(path, answer.module)})
        why = f"it imports {', '.join(foreign)}"[:160] if foreign else ""
        yield demand("imports", "standard library only", met=not foreign, match=match, why=why)


def _is_foreign(path: str, module: str) -> bool:
    own = path == module or path.startswith(f"{module}/")
    return "." in path.split("/", maxsplit=1)[0] and not own


def _package(text: str, answer: Answer) -> Iterator[Constraint]:
    for match in _CLAUSE.finditer(text):
        name = match.group("name") or match.group("quoted")
        clause = match.string[match.start() - 1 : match.start()] in {"", "\n", "`"} or match.group(
            "quoted"
        )
        said = re.match(r"package\s+(?:name|called|named|`)", match.group())
        if (clause or said) and name not in _PACKAGES and name not in _LITTLE:
            yield demand(
                "package",
                name,
                met=answer.package == name,
                match=match,
                why="" if answer.package == name else f"it is package {answer.package}",
            )
            return


_LITTLE = frozenset(
    {
        "and",
        "or",
        "is",
        "that",
        "for",
        "to",
        "in",
        "with",
        "from",
        "which",
        "should",
        "must",
        "name",
        "only",
        "the",
        "a",
        "of",
    }
)


def _version(text: str, answer: Answer) -> Iterator[Constraint]:
    if match := _VERSION.search(text):
        wanted = match.group("version")
        met = None if not answer.go else _number(answer.go) <= _number(wanted)
        if match.group("later"):
            met = None if not answer.go else True
        why = "" if met is not None else "the task names no version to build for"
        yield demand("go", wanted, met=met, match=match, why=why)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _error(text: str, answer: Answer) -> Iterator[Constraint]:
    said = prose(text)
    match = _ERROR.search(said)
    if match is None or _NO_ERROR.search(said):
        return
    have = any("error" in shape_of(one.text)[1] for one in answer.functions if one.text != "type")
    yield demand(
        "error",
        "return an error",
        met=have if answer.sound else None,
        match=match,
        why="" if have or not answer.sound else "no function gives an error back",
    )


def _generic(text: str, answer: Answer) -> Iterator[Constraint]:
    if match := _GENERIC.search(prose(text)):
        have = bool(re.search(r"\bfunc\s+\w+\[|\btype\s+\w+\[\s*\w+\s+[\w~|.]", answer.text))
        yield demand("generics", "type parameters", met=have, match=match)


def _format(text: str, answer: Answer) -> Iterator[Constraint]:
    for match in _FORMAT.finditer(prose(text)):
        wanted = (
            (match.group("format") or "the output's form").upper()
            if match.group("format")
            else "a given form"
        )
        package = {"JSON": "encoding/json", "CSV": "encoding/csv", "XML": "encoding/xml"}.get(
            wanted, ""
        )
        uses = bool(package) and package in answer.imports
        why = "" if uses else "only a run with an example of it can tell"
        yield demand("format", wanted, met=True if uses else None, match=match, why=why)


READERS: tuple[Callable[[str, Answer], Iterator[Constraint]], ...] = (
    _package,
    signatures,
    named_functions,
    named_types,
    _standard,
    _banned,
    _required,
    _version,
    _error,
    _generic,
    _format,
)
