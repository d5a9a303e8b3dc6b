"""Names for what the compiler says, so that a rubric can tell errors apart. Pure."""

from __future__ import annotations

import re

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "syntax",
        re.compile(
            r"^syntax error|^expected |^missing |newline in|not terminated|illegal character"
        ),
    ),
    ("import", re.compile(r"could not import|is not in std|no required module|package .* is not")),
    ("unused_import", re.compile(r"imported and not used|imported as .* and not used")),
    ("unused_variable", re.compile(r"declared and not used|defined and not used")),
    ("undefined", re.compile(r"undefined: |undefined \(|unresolved|has no field or method")),
    ("redeclared", re.compile(r"redeclared|already declared|other declaration")),
    ("missing_return", re.compile(r"missing return")),
    (
        "argument_count",
        re.compile(r"not enough arguments|too many arguments|assignment mismatch|return values"),
    ),
    (
        "type_mismatch",
        re.compile(
            r"cannot use|mismatched types|cannot convert|invalid operation|does not satisfy|does not implement"
        ),
    ),
)
_COULD_NOT_IMPORT = re.compile(r"could not import (\S+) \(.*", re.DOTALL)


def rule_for(message: str) -> str:
    """Gives one word for a compiler's message; `other` when none fits."""
    return next((rule for rule, pattern in _RULES if pattern.search(message)), "other")


def reworded(message: str) -> str:
    """Gives the message without paths of the jail."""
    return _COULD_NOT_IMPORT.sub(r"package \1 is not there: only the standard library is", message)
