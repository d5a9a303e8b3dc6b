"""Task data becomes the audit's input."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import BadDeliveryError
from bridge.labelstudio.task_input import content_key, snippet_of
from sandbox.model import Limits


def test_code_and_prompt_are_read_by_their_names() -> None:
    """The names in task data are those of `gavel audit --batch`."""
    given = snippet_of({"code": "package main", "prompt": "say hello"})

    assert (given.code, given.prompt) == ("package main", "say hello")


def test_columns_map_a_projects_own_names() -> None:
    """A project that calls its column `answer` needs no copy of its data."""
    given = snippet_of({"answer": "package main"}, {"code": "answer"})

    assert given.code == "package main"


def test_tests_given_as_text_become_one_file() -> None:
    """The usual case is one test file without a name."""
    given = snippet_of({"code": "package main", "tests": "package main_test"})

    assert given.tests == {"task_test.go": "package main_test"}


def test_stdin_and_expected_alone_are_one_case() -> None:
    """A case needs no list."""
    given = snippet_of({"code": "package main", "stdin": "1 2", "expected": "3"})

    assert [(case.stdin, case.expected) for case in given.cases] == [("1 2", "3")]


def test_cases_in_a_csv_are_json_text() -> None:
    """CSV has no lists."""
    given = snippet_of({"code": "package main", "cases": '[{"expected": "3"}]'})

    assert [case.name for case in given.cases] == ["case 1"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": "hello"}, "Columns it has: text"),
        ({"code": "a", "files": {"a.go": "b"}}, "both"),
        ({"code": "a", "cases": [{"name": "x"}]}, "expected"),
        ({"code": 7}, "code"),
        ({"code": "a", "tests": [1]}, "kind"),
    ],
)
def test_what_can_not_be_audited_says_what_is_wrong(data: dict[str, Any], words: str) -> None:
    """The message reaches the admin: it names the field or the columns there are."""
    with pytest.raises(BadDeliveryError, match=words):
        snippet_of(data)


def test_equal_content_shares_a_key_whatever_the_task() -> None:
    """Equal snippets are audited once."""
    first, second = snippet_of({"code": "a", "n": 1}), snippet_of({"code": "a", "n": 2})

    assert content_key(first, Limits(), "go") == content_key(second, Limits(), "go")


@pytest.mark.parametrize(
    "other", [("b", Limits(), "go"), ("a", Limits(files=1), "go"), ("a", Limits(), "go2")]
)
def test_the_key_changes_with_input_limits_and_toolchain(other: tuple[str, Limits, str]) -> None:
    """Each of them can change the outcome."""
    code, limits, toolchain = other

    assert content_key(snippet_of({"code": "a"}), Limits(), "go") != content_key(
        snippet_of({"code": code}), limits, toolchain
    )
