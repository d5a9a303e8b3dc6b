"""Reads examples that name the function: `f(x) // 3`, `f(x) -> 3`, `f(x) should return 3`. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sandbox.prompt_model import Argument, CallCase, Step, Unread
from sandbox.prompt_values import Kind, Value, closing, parse_prefix, parse_value, split_top

_CALL = re.compile(r"(?<![\w.])((?:[^\W\d]\w*\.)?[^\W\d]\w*)(?=\()")
_SIGNATURE = re.compile(
    r"\s*(?:func|def|type|class|public|fn|import|package|return|for|if|go|defer)\b"
)
_PRINTERS = frozenset({"fmt.Println", "fmt.Print", "print", "println", "console.log"})
_SAYS = r"(?:return|equal|be|give|yield|produce|output|print|evaluate to|result in|become)(?:s|es)?(?: to)?"
_STRONG = re.compile(
    rf"[`*\s]*(?:(?://|\#)\s*(?:=>|->|→|==?|(?:should |must |will )?{_SAYS}\b|(?:expected )?(?:output|result)\b|expected\b)?\s*:?"
    rf"|->|=>|→|⇒|➜|⟶|===?|(?:should|must|will|would|shall|to)\s+{_SAYS}\b|{_SAYS}\b)\s*:?\s*|[`*\s]*(?=panics?\b)",
    re.IGNORECASE,
)
_WEAK = re.compile(r"[`*\s]*(?:=|:|\bis\b)\s*")
_FILLER = re.compile(
    r"(?:(?:the|a|an)\s+)?(?:(?:string|value|integer|int|slice|array|number|list|map|result|output|boolean|bool)\s+)?(?=[`\"'\[({\d-]|true|false|nil)"
)
_ERROR = re.compile(
    r"`?(?:(?:an?|non-nil|with|some|the)\s+)*(?:(?!(?:and|or|nil|no)\b)[a-z]\w*[- ]){0,3}?(?:error|err)\b(?!\.\w)(?:[:\s]*(?P<said>\"[^\"\n]*\"|`[^`\n]*`))?`?",
    re.IGNORECASE,
)
_PANIC = re.compile(r"(?:a\s+)?panics?\b", re.IGNORECASE)
_AFTER = re.compile(
    r"[`*\"]*\s*(?:$|[.,;!)\]|`(…]|//|#|--|—|-\s*(?!\d)|because|since|as\b|for\b|when\b|and\b|but\b|while\b|where\b|which\b|not\b|i\.e|e\.g|in any)",
    re.IGNORECASE,
)
_NEXT = re.compile(r"[`]?\s*(?:,|\band\b|,\s*and\b)\s*[`]?")
# Sentinel errors, qualified names and constants; any other bare word is prose.
_PROPER = re.compile(r"Err|[a-z]\.[A-Z]|^[A-Z]\w*[a-z]")
_MOST_CALLS = 20
_PLACEHOLDER = re.compile(r"\.\.\.|…|<[a-z_ ]+>")


def calls_in(
    line: str, known: Mapping[str, Argument] | None = None, *, code: bool = False
) -> Iterator[CallCase | Unread]:
    """Gives the examples of one line.

    Args:
        line: The line.
        known: Values of variables that lines before it set.
        code: Whether the line is code, whose comment may be a bare word.
    """
    if _SIGNATURE.match(line):
        return
    at = tried = 0
    while (match := _CALL.search(line, at)) and tried < _MOST_CALLS:
        tried += 1
        at, found = _example(line, match, known or {}, code=code)
        if found is not None:
            yield found


def _example(
    line: str, match: re.Match[str], known: Mapping[str, Argument], *, code: bool
) -> tuple[int, CallCase | Unread | None]:
    opening = match.end()
    end = closing(line, opening)
    if end is None:
        return opening + 1, None
    name, args = match.group(1), line[opening + 1 : end]
    if name in _PRINTERS and (inner := _only_call(args)):
        name, args, code = *inner, True
    given = arguments(args, known)
    strong = _STRONG.match(line, end + 1)
    separator = strong or _WEAK.match(line, end + 1)
    if separator is None or given is None:
        return opening + 1, None
    text = line[match.start() :].strip(" `*")[:200]
    comment = code and line[end + 1 : separator.end()].strip(" `")[:2] in {"//", "#", "->", "=>"}
    found = expectation(line[separator.end() :], bare=comment)
    if found is None:
        why = "the result is not a value that can be read"
        return opening + 1, Unread(text=text, why=why) if strong and given else None
    want, rest = found
    step = Step(name=name.rsplit(".", 1)[-1], args=given, want=want)
    stop = len(line) - len(rest)
    shown = line[match.start() : stop].strip(" `*,;")[:200]
    return max(stop, opening + 1), CallCase(text=shown, steps=(step,))


def _only_call(text: str) -> tuple[str, str] | None:
    match = _CALL.match(text.strip())
    if match is None:
        return None
    whole = text.strip()
    end = closing(whole, match.end())
    return (match.group(1), whole[match.end() + 1 : end]) if end == len(whole) - 1 else None


def arguments(
    text: str, known: Mapping[str, Argument] | None = None
) -> tuple[Argument, ...] | None:
    """Gives the arguments between the brackets of a call; null when one of them is no value."""
    known = known or {}
    if not text.strip():
        return ()
    if _PLACEHOLDER.search(re.sub(r'"[^"]*"', "", text)) and "[...]" not in text:
        return None
    found = [_argument(part, known) for part in split_top(text)]
    return None if any(one is None for one in found) else tuple(one for one in found if one)


def _argument(part: str, known: Mapping[str, Argument]) -> Argument | None:
    part = part.strip("`")
    if part in known:
        return known[part]
    named = re.match(r"([^\W\d]\w*)\s*(?:=(?!=)|:(?!=))\s*(?=\S)", part)
    name, raw = (named.group(1), part[named.end() :].strip()) if named else ("", part)
    value = parse_value(raw)
    if value is None and _is_go(raw):
        value = Value(kind=Kind.GO, text=raw)
    # A bare name is a parameter that somebody talks about, not an example.
    if value is None or (value.kind is Kind.NAME and not re.search(r"[.A-Z]", value.text)):
        return None
    return Argument(value=value, raw=raw, name=name)


def _is_go(text: str) -> bool:
    """Tells whether only Go could say what this is: `5*time.Second`, `strings.NewReader("x")`, a func literal."""
    return bool(
        re.match(r"func\s*\(|[^=]*\b(?:time|strings|bytes|context|errors|math)\.[A-Z]", text)
    )


def expectation(text: str, *, bare: bool = False) -> tuple[Value, str] | None:
    """Gives the result that a text says, with what follows it.

    Args:
        text: What stands after the arrow, the comment sign or the verb.
        bare: Whether words without quotes are what a program prints.
    """
    start = _FILLER.match(text)
    body = text[start.end() :] if start else text
    values: list[Value] = []
    rest = body
    while (found := _result(rest)) is not None:
        values.append(found[0])
        rest = found[1]
        following = _NEXT.match(rest)
        if following is None or _CALL.match(rest, following.end()):
            break
        if _result(rest[following.end() :]) is None:
            break
        rest = rest[following.end() :]
    if values and _AFTER.match(rest):
        value = values[0] if len(values) == 1 else Value(kind=Kind.TUPLE, items=tuple(values))
        return value, rest
    words = text.strip().strip("`").removesuffix(".")
    if bare and words and not _PLACEHOLDER.search(words) and len(words) < 200:
        return Value(kind=Kind.TEXT, text=words), ""
    return None


def _result(text: str) -> tuple[Value, str] | None:
    if panic := _PANIC.match(text):
        return Value(kind=Kind.PANIC), text[panic.end() :]
    if error := _ERROR.match(text):
        said = (error.group("said") or "").strip('"`')
        return Value(kind=Kind.ERROR, text=said), text[error.end() :]
    found = parse_prefix(text.lstrip("`*"))
    word = found is not None and found[0].kind is Kind.NAME and not _PROPER.search(found[0].text)
    return None if word else found
