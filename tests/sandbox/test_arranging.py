"""Several blocks of one answer become files of one module; what is left out is recorded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.go_declarations import declared, without
from sandbox.model import AuditInput, Limits, Snippet
from sandbox.normalise import normalise

MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("one")\n}\n'
UPPER = (
    'package main\n\nimport (\n\t"fmt"\n\t"strings"\n)\n\n'
    'func Up(s string) string {\n\treturn strings.ToUpper(s)\n}\n\nfunc main() { fmt.Println(Up("a")) }\n'
)
STORE = "package store\n\nfunc Get() int { return 3 }\n"


def answer(*blocks: str, tag: str = "go") -> Snippet:
    text = "".join(f"Next:\n```{tag}\n{block}```\n" for block in blocks)
    return normalise(AuditInput(code=text), Limits(), (1, 27))


def names(made: Snippet) -> list[str]:
    return [file.name for file in made.files]


def rules(made: Snippet) -> set[str]:
    return {change.rule for change in made.changes} - {"split"}


def test_the_corrected_declaration_counts() -> None:
    """What is declared again later is emptied, with the import only it used; no line moves."""

    made = answer(UPPER, "func Up(s string) string {\n\treturn s\n}\n")

    first = made.files[0]
    assert (names(made), rules(made)) == (
        ["main.go", "f2.go"],
        {"declaration_replaced", "package_added"},
    )
    assert "strings" not in first.text
    assert "Println" in first.text
    assert first.text.count("\n") == UPPER.count("\n") - 1
    assert first.altered


def test_a_corrected_method_counts() -> None:
    """Methods of different types are different declarations."""
    text = "package a\n\ntype A int\ntype B int\n\nfunc (a A) Get() int { return 1 }\nfunc (b *B) Get() int { return 1 }\n"

    made = answer(text, "func (b *B) Get() int {\n\treturn 2\n}\n")

    assert "func (a A) Get()" in made.files[0].text
    assert "func (b *B)" not in made.files[0].text
    assert made.files[1].text.startswith("package a; ")


def test_an_earlier_version_of_the_program_is_left_out() -> None:
    """A whole program that comes again with its functions is a correction of the first."""

    made = answer(UPPER, UPPER.replace("return strings", "return strings"))

    assert (names(made), rules(made)) == (["main.go"], {"superseded"})
    assert made.files[0].first_line > 10


def test_other_programs_are_programs_of_their_own() -> None:
    """Two mains that share nothing are two programs; the first stays where it is."""

    made = answer(MAIN, MAIN.replace("one", "two"))

    assert (names(made), rules(made)) == (["main.go", "program2/main.go"], {"program"})


def test_programs_share_what_has_no_main() -> None:
    """Two examples of use both see the types they use, and lines still lead to the original."""

    made = answer("package main\n\ntype T int\n", MAIN, MAIN.replace("one", "two"))

    assert names(made) == ["main.go", "f2.go", "program2/main.go", "program2/f2.go"]
    assert len({file.first_line for file in made.files}) == 3


def test_statements_beside_a_program_are_an_excerpt() -> None:
    """An excerpt is no second program."""

    made = answer(MAIN, 'fmt.Println("one")\n')

    assert (names(made), rules(made)) == (["main.go"], {"excerpt"})


def test_statements_beside_a_library_are_its_main() -> None:
    """Statements use what the other blocks declare."""

    made = answer("func Add(a, b int) int {\n\treturn a + b\n}\n", "fmt.Println(Add(1, 2))\n")

    assert made.has_main
    assert len(made.files) == 2


def test_packages_go_into_folders_of_their_names() -> None:
    """Blocks of other packages are found where imports look for them."""

    made = answer(
        STORE, 'package main\n\nimport "example.com/app/store"\n\nfunc main() { store.Get() }\n'
    )

    assert (names(made), made.module) == (["store/main.go", "f2.go"], "example.com/app")


def test_a_folder_that_is_named_is_kept() -> None:
    """A file comment with a folder wins over the package's name."""

    made = answer(f"// internal/kv/store.go\n{STORE}", MAIN)

    assert names(made) == ["internal/kv/store.go", "main.go"]


def test_external_tests_stay_beside_their_package() -> None:
    """x and x_test are one folder."""

    made = answer(
        STORE, 'package store_test\n\nimport "testing"\n\nfunc TestGet(t *testing.T) {}\n'
    )

    assert names(made) == ["main.go", "main_test.go"]


def test_an_archive_is_not_arranged() -> None:
    """An archive names its files itself."""

    made = normalise(AuditInput(code=f"-- a.go --\n{STORE}-- b.go --\n{STORE}"), Limits(), (1, 27))

    assert (names(made), rules(made)) == (["a.go", "b.go"], set())


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("go.mod", "module example.com/a\n\ngo 1.21\n"),
        ("", "module example.com/a\n\ngo 1.21\n"),
        ("text", "module example.com/a\n\ngo 1.21\n"),
        ("go", "module example.com/a\n\ngo 1.21\n"),
    ],
)
def test_a_module_file_is_known_by_label_or_content(label: str, text: str) -> None:
    """A go.mod in a fence counts, however it is labelled."""

    made = normalise(
        AuditInput(code=f"```{label}\n{text}```\n```go\n{MAIN}```\n"), Limits(), (1, 27)
    )

    assert (made.module, made.go) == ("example.com/a", "1.21")


def test_go_below_a_heading_about_the_module_is_code() -> None:
    """The name go.mod above Go code doesn't make it a go.mod."""

    made = normalise(AuditInput(code=f"Beside your go.mod:\n```go\n{MAIN}```\n"), Limits(), (1, 27))

    assert names(made) == ["main.go"]


@pytest.mark.parametrize("label", ["bash", "json", "text", "yaml", "diff", "python"])
def test_other_labels_are_side_files(label: str) -> None:
    """What is labelled as something else is no Go, though it may look like it."""

    made = normalise(
        AuditInput(code=f"```{label}\nx := 1\n```\n```go\n{MAIN}```\n"), Limits(), (1, 27)
    )

    assert names(made) == ["main.go"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("x := rand.IntN(3)\n", "math/rand/v2"),
        ("x := rand.Intn(3)\n", "math/rand"),
        ("n, err := rand.Read(b)\n", "crypto/rand"),
        ("n, err := rand.Int(rand.Reader, max)\n", "crypto/rand"),
        ('t := template.Must(template.New("a").Parse(s))\n', "text/template"),
        ("t := template.HTML(s)\n", "html/template"),
        ('http.Handle("/", h)\nt := template.New("a")\n', "html/template"),
        ("p := filepath.Join(a, b)\n", "path/filepath"),
        ("l := list.New()\n", "container/list"),
        ("c := color.RGBA{}\n", "image/color"),
        ('log := slog.Default()\nlog.Info("x")\n', "log/slog"),
    ],
)
def test_imports_are_guessed_from_the_standard_library(text: str, path: str) -> None:
    """A fragment gets the package that its names fit."""
    made = normalise(AuditInput(code=text), Limits(), (1, 27))

    assert f'import "{path}"; ' in made.files[0].text.split("\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "c := gin.Default()\n",
        "id := uuid.New()\n",
        "list := f()\nlist.Add(1)\n",
        "func f(url Url) {\n\turl.Go()\n}\n",
    ],
)
def test_nothing_else_is_guessed(text: str) -> None:
    """Third parties and variables get no import."""
    made = normalise(AuditInput(code=text), Limits(), (1, 27))

    assert "import" not in made.files[0].text


def test_a_named_import_keeps_its_name() -> None:
    """Imports that move into the first line stay what they were."""
    made = normalise(
        AuditInput(code='import m "math"\n\nx := m.Abs(1)\nfmt.Println(x)\n'), Limits(), (1, 27)
    )

    assert 'import m "math"; import "fmt"; ' in made.files[0].text


def test_tests_without_imports_are_a_test_file() -> None:
    """A fenced test is known by its signature."""

    made = answer(MAIN, 'func TestX(t *testing.T) {\n\tt.Log("x")\n}\n')

    assert names(made) == ["main.go", "main_test.go"]


TEXTS = st.lists(
    st.sampled_from(
        ["func f() {\n", "}\n", "type T struct {\n", "var x = 1\n", "/*", "*/", "`", '"', "func (t *T) f() {}\n", "(\n", ")\n", 'import "os"\n', "os.Exit(1)\n", "x\n"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_taking_declarations_out_moves_no_line(text: str) -> None:
    """Every line is what it was, or empty."""
    names = declared(text)

    after = without(text, list(names)).split("\n")

    assert len(after) == text.count("\n") + 1
    assert all(now in {"", was} for now, was in zip(after, text.split("\n"), strict=True))
