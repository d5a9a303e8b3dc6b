"""What people paste becomes files, and every line leads back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.model import AuditInput, Limits, Snippet
from sandbox.normalise import Rejected, normalise

NEWEST = (1, 27)
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hi")\n}\n'


def snippet(code: str | None = None, **changes: object) -> Snippet:
    return normalise(AuditInput.model_validate({"code": code, **changes}), Limits(), NEWEST)


def rejected(code: str | None = None, **changes: object) -> str:
    with pytest.raises(Rejected) as caught:
        snippet(code, **changes)
    return caught.value.code


def test_a_whole_file_is_left_alone() -> None:
    """A file that needs nothing gets nothing."""

    made = snippet(MAIN)

    assert (made.changes, made.files[0].text, made.has_main, made.go) == ((), MAIN, True, "1.27")


def test_fences_are_cut_out_with_their_line() -> None:
    """A fenced block knows on which line of the answer it begins."""

    made = snippet(f"Here you are:\n\n```go\n{MAIN}```\nEnjoy.\n")

    assert (made.files[0].source, made.files[0].first_line) == ("answer.md", 4)


def test_a_heading_names_the_file_below_it() -> None:
    """`### stack.go` above a fence names the file."""

    made = snippet(f"### stack.go\n\n```go\npackage main\n```\n\n**main.go**\n```go\n{MAIN}```\n")

    assert [file.name for file in made.files] == ["stack.go", "main.go"]


def test_other_languages_in_fences_are_left_out() -> None:
    """A shell block beside the Go is no Go file."""

    made = snippet(f"```bash\ngo run .\n```\n```go\n{MAIN}```\n")

    assert [file.name for file in made.files] == ["main.go"]


def test_txtar_is_split() -> None:
    """Markers of a txtar archive make files."""

    made = snippet(f"-- a/store.go --\npackage a\n-- main.go --\n{MAIN}")

    assert [(file.name, file.first_line) for file in made.files] == [
        ("a/store.go", 2),
        ("main.go", 4),
    ]


def test_a_second_package_clause_starts_a_file() -> None:
    """Two files in one text are two files."""

    made = snippet(MAIN + "\n// file: util.go\npackage main\n\nfunc f() {}\n")

    assert [file.name for file in made.files] == ["main.go", "util.go"]


def test_a_fragment_gets_a_package_on_its_first_line() -> None:
    """What is added stands in front of the first line, so no line moves."""

    made = snippet('func main() {\n\tfmt.Println("hi")\n}\n')

    file = made.files[0]
    assert file.text.split("\n")[1:] == ['\tfmt.Println("hi")', "}", ""]
    assert file.text.startswith('package main; import "fmt"; func main() {')
    assert file.column_shift == len('package main; import "fmt"; ')


def test_statements_are_put_into_main() -> None:
    """A list of statements becomes the body of main."""

    made = snippet('x := strings.ToUpper("a")\nfmt.Println(x)\n')

    assert made.has_main
    assert {"package_added", "main_added", "imports_added"} == {one.rule for one in made.changes}


def test_a_complete_file_gets_no_imports() -> None:
    """Compiling as given is judged on the original: a missing import stays missing."""

    assert "import" not in snippet("package main\n\nfunc main() { fmt.Println() }\n").files[0].text


def test_a_test_file_is_known_by_its_content() -> None:
    """A block with tests is named as Go wants tests named."""

    made = snippet(
        f'```go\n{MAIN}```\n```go\npackage main\n\nimport "testing"\n\nfunc TestX(t *testing.T) {{}}\n```\n'
    )

    assert [file.name for file in made.files] == ["main.go", "main_test.go"]


def test_crlf_and_byte_order_mark() -> None:
    """Windows line ends and a byte order mark are dropped and recorded."""

    made = snippet("\ufeff" + MAIN.replace("\n", "\r\n"))

    assert made.files[0].text == MAIN
    assert {one.rule for one in made.changes} == {"line_ends", "bom"}
    assert made.files[0].column_shift == -3


def test_line_directives_are_not_obeyed() -> None:
    """`//line` cannot move a finding."""

    made = snippet("package main\n\n//line other.go:7\nfunc main() {}\n")

    assert "//line" not in made.files[0].text
    assert len(made.files[0].text) == len("package main\n\n//line other.go:7\nfunc main() {}\n")


def test_go_mod_chooses_the_language() -> None:
    """The go line of a go.mod counts."""

    made = snippet(files={"go.mod": "module example.com/a\n\ngo 1.21\n", "main.go": MAIN})

    assert (made.go, made.module) == ("1.21", "example.com/a")


@pytest.mark.parametrize(
    "path",
    ["fmt", "-toolexec", "a.b/c=/etc", "/etc", "../up", "a.b/../c", "é.x/y", "x" * 300],
)
def test_a_module_path_is_no_more_than_that(path: str) -> None:
    """A path that shadows a standard package, or could be an option or a file, becomes another."""

    assert snippet(files={"go.mod": f"module {path}\n", "main.go": MAIN}).module == "snip"


def test_a_byte_order_mark_before_a_fence() -> None:
    """An answer that begins with a mark and a fence has a fence."""

    assert snippet(f"\ufeff```go\n{MAIN}```\n").files[0].first_line == 2


def test_the_tasks_tests_are_kept_apart() -> None:
    """A task's test replaces the answer's own file of that name."""

    made = snippet(
        files={"main.go": MAIN, "x_test.go": "package main\n"},
        tests={"x_test.go": "package main\n"},
    )

    assert ([file.name for file in made.files], [file.name for file in made.tests]) == (
        ["main.go"],
        ["x_test.go"],
    )


@pytest.mark.parametrize(
    ("code", "changes", "word"),
    [
        ("Dear reader, this is prose about cars.", {}, "not_go"),
        ("def main():\n    print('hi')\n", {}, "not_go"),
        ("```python\nprint(1)\n```\n", {}, "not_go"),
        ("", {}, "not_go"),
        (MAIN, {"go": "1.99"}, "go_version"),
        (MAIN, {"go": "banana"}, "go_version"),
        (MAIN, {"files": {"main.go": MAIN}}, "input"),
        (None, {}, "input"),
        (None, {"files": {"../main.go": MAIN}}, "file_name"),
        (None, {"files": {"/etc/x.go": MAIN}}, "file_name"),
        (None, {"files": {"-toolexec.go": MAIN}}, "file_name"),
        (None, {"files": {"a\nb.go": MAIN}}, "file_name"),
        (None, {"files": {"a.s": "TEXT"}}, "file_name"),
        (None, {"files": {"x.txt": "hi"}}, "not_go"),
        (MAIN + "\0", {}, "encoding"),
        (MAIN + "//" + "x" * 300_000, {}, "too_large"),
        (MAIN + "\ud800", {}, "encoding"),
    ],
)
def test_what_is_refused(code: str | None, changes: dict[str, object], word: str) -> None:
    """Each refusal has a word of its own."""

    assert word == rejected(code, **changes)


def test_too_many_files_are_refused() -> None:
    """The number of files has a limit."""

    assert rejected(files={f"f{n}.go": "package main\n" for n in range(65)}) == "too_large"


PIECES = st.sampled_from(
    ["package main\n", "```go\n", "```\n", "-- a.go --\n", 'import "fmt"\n', "func main() {\n", "}\n", "x := 1\n",
     "// file: b.go\n", "//line x:1\n", "`", '"', "/*", "*/", "\ufeff", "\r\n", "type T struct{}\n", "é\t", "package b\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=12), max_size=25).map("".join))
def test_any_text_is_a_snippet_or_refused(text: str) -> None:
    """Nothing but Rejected is ever raised."""

    try:
        made = snippet(text)
    except Rejected:
        return

    assert made.files


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=12), max_size=25).map("".join))
def test_every_line_leads_back_to_its_original(text: str) -> None:
    """Line n of a file is line first_line + n - 1 of the source, but for what is recorded."""

    try:
        made = snippet(text)
    except Rejected:
        return

    lines = text.replace("\r\n", "\n").split("\n")
    moved = {"main_added", "line_directive"} & {one.rule for one in made.changes}
    for file in made.files:
        for number, line in enumerate(file.text.split("\n")[1:], start=file.first_line + 1):
            if not moved:
                assert line == lines[number - 1]
