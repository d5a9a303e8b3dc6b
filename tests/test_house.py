"""Rules of the house that can be counted: documentation is whole, files stay small, names are known."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from lxml import etree
from pydantic import BaseModel

from bridge.cli import COMMANDS
from bridge.labelstudio.events import SUBSCRIBED_ACTIONS
from bridge.labelstudio.labeling import Variant, check_config, known_controls, label_config
from bridge.resources import shipped_rubric
from bridge.settings import ENVIRONMENT, Settings
from rubric.load import load_rubric
from rubric.model import Rubric
from sandbox.static_rules import rule_table
from tests.checks_page import PAGE, page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PACKAGES = ("bridge", "sandbox", "rubric")
FILE_LINES, TEST_LINES, FUNCTION_LINES = 400, 600, 60
SKIPPED = {".git", "build", "dist", "artifacts", "mutants", "node_modules", "__pycache__"}
HIDDEN = {".ci", ".github"}
PAGES = [
    *sorted(path for path in ROOT.glob("*.md") if path.name != "CLAUDE.md"),
    *sorted(DOCS.rglob("*.md")),
]
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HOME = re.compile(r"/(?:home|Users)/[A-Za-z0-9_.-]+|/roo[t]/")


def files() -> Iterator[Path]:
    """Every file of the checkout that people wrote."""
    for path in sorted(ROOT.rglob("*")):
        *folders, name = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in HIDDEN for part in folders)
        made = SKIPPED & {*folders, name} or name.startswith(".coverage")
        if path.is_file() and not hidden and not made:
            yield path


def sources(*folders: str) -> list[Path]:
    """Python files; migrations stay as Alembic wrote them."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_of(page: Path) -> str:
    """What a page shows as code, in blocks and in lines."""
    text = page.read_text()
    blocks = [block for _, block in _FENCED.findall(text)]
    return "\n".join([*blocks, *_INLINE.findall(_FENCED.sub("", text))])


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings get."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def setting_names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        inside = part_of(field.annotation)
        if inside is None or get_args(field.annotation):
            yield path
        if inside is not None:
            yield from setting_names(inside, f"{path}{'[]' if get_args(field.annotation) else ''}.")


def part_of(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric(shipped_rubric().read_text(encoding="utf-8"), name="go-review.yaml")


def test_every_setting_is_in_the_reference() -> None:
    """A setting that is not documented can't be used."""
    reference = (DOCS / "reference" / "settings.md").read_text()
    rows = set(re.findall(r"^\| `([^`]+)` \|", reference, re.MULTILINE))

    assert set() == set(setting_names(Settings)) - rows


def test_every_environment_variable_stands_beside_its_setting() -> None:
    """The environment wins over the file, so a reader must know each name."""
    reference = (DOCS / "reference" / "settings.md").read_text()
    missing = [
        name
        for name, setting in ENVIRONMENT.items()
        if not re.search(rf"^\| `{re.escape(setting)}` \|.*`{name}`", reference, re.MULTILINE)
    ]

    assert missing == []


def test_the_reference_names_no_setting_that_is_gone() -> None:
    """A documented setting that does nothing misleads."""
    reference = (DOCS / "reference" / "settings.md").read_text()
    section = reference.partition("## gavel.yaml")[2].partition("\n## ")[0]
    rows = set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))

    assert set() == rows - set(setting_names(Settings))


def test_every_example_of_settings_in_the_docs_is_taken() -> None:
    """People copy examples."""
    examples = [
        block
        for page in PAGES
        for kind, block in _FENCED.findall(page.read_text())
        if kind == "yaml"
    ]
    assert examples

    for example in examples:
        Settings.model_validate(yaml.safe_load(example))


def test_every_subscribed_event_has_a_captured_body() -> None:
    """An event counts as supported once its real body was seen."""
    folder = ROOT / "tests" / "fixtures" / "labelstudio"
    seen = {
        json.loads((folder / f"{action}.json").read_text())["action"]
        for action in SUBSCRIBED_ACTIONS
    }

    assert set(SUBSCRIBED_ACTIONS) == seen


def test_every_local_link_in_the_docs_resolves() -> None:
    """A reader who follows a link finds something."""
    broken = [
        f"{shown(page)}: {link}"
        for page in PAGES
        for link in _LINK.findall(page.read_text())
        if "://" not in link and not link.startswith(("#", "mailto:"))
        if not (page.parent / link.partition("#")[0]).exists()
    ]

    assert broken == []


def test_every_link_to_a_heading_finds_it() -> None:
    """A link into a page leads to the right place of it."""
    broken = [
        f"{shown(page)}: {link}"
        for page in PAGES
        for link in _LINK.findall(page.read_text())
        if "://" not in link and "#" in link
        if link.partition("#")[2]
        not in headings(page.parent / (link.partition("#")[0] or page.name))
    ]

    assert broken == []


def test_every_command_that_the_docs_show_exists() -> None:
    """README's commands are copied into terminals."""
    named = {
        word for page in PAGES for word in re.findall(r"\bgavel ([a-z][a-z-]*)", code_of(page))
    }

    assert named
    assert set() == named - set(COMMANDS)


def test_readme_has_every_command() -> None:
    """README's table is where people look for what there is."""
    code = code_of(ROOT / "README.md")

    assert [name for name in COMMANDS if f"gavel {name}" not in code] == []


def test_every_make_target_that_the_docs_show_exists() -> None:
    """The two commands of README are targets of the Makefile."""
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word for page in PAGES for word in re.findall(r"\bmake ([a-z][a-z0-9-]*)", code_of(page))
    }

    assert {"demo", "test"} <= named
    assert set() == named - targets


def test_every_dependency_has_its_reason() -> None:
    """A dependency is taken for a reason that somebody can look up."""
    decisions = (DOCS / "decisions.md").read_text()
    wanted = project()
    asked = [*wanted["project"]["dependencies"], *wanted["dependency-groups"]["dev"]]
    names = [re.split(r"[\[<>=~!; ]", line)[0] for line in asked]

    assert [
        name for name in names if not re.search(rf"^\| {name} \|", decisions, re.MULTILINE)
    ] == []


def test_no_reason_is_left_of_a_dependency_that_went() -> None:
    """The list tells what is needed, not what was."""
    decisions = (DOCS / "decisions.md").read_text()
    wanted = project()
    asked = [*wanted["project"]["dependencies"], *wanted["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~!; ]", line)[0] for line in asked}
    listed = set(re.findall(r"^\| ([a-z0-9-]+) \|", decisions, re.MULTILINE))

    assert set() == listed - names


def test_files_stay_small() -> None:
    """A file that does not fit a head is two files."""
    limits = [(path, FILE_LINES) for path in sources(*PACKAGES)]
    limits += [(path, TEST_LINES) for path in sources("tests")]
    counted = [(path, len(path.read_text().splitlines()), limit) for path, limit in limits]

    assert [f"{shown(path)}: {count}" for path, count, limit in counted if count > limit] == []


def test_functions_stay_small() -> None:
    """A function fits a screen."""
    found = [
        f"{shown(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1}"
        for path in sources(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]

    assert found == []


def test_every_folder_of_tests_is_a_package() -> None:
    """Two test files of one name may stand in different folders."""
    folders = {path.parent for path in sources("tests")}

    assert [shown(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("variant", get_args(Variant))
def test_the_annotation_page_names_only_what_the_rubric_knows(
    rubric: Rubric, variant: Variant
) -> None:
    """A control without a meaning would lose what people enter."""
    page = label_config(rubric, variant=variant)
    tags = etree.fromstring(page.encode()).iter()
    controls = {tag.get("name") for tag in tags if tag.get("name") and tag.get("toName")}

    assert controls
    assert set() == controls - known_controls(rubric)
    assert check_config(page, rubric) == ()


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    """Such a path works for one person only, and tells about him; hostile programs aim at some."""
    checkout = str(ROOT) if len(ROOT.parts) > 2 else None
    found = []
    hostile = ROOT / "tests" / "hostile" / "programs"
    for path in files():
        if hostile in path.parents:
            continue
        text = path.read_bytes().decode(errors="replace")
        if _HOME.search(text) or (checkout and re.search(rf"{re.escape(checkout)}\b", text)):
            found.append(shown(path))

    assert found == []


def test_every_check_of_ours_is_explained() -> None:
    """What a rule of ours sees, and what it does not, stands nowhere else."""
    explained = set(_INLINE.findall((DOCS / "reference" / "own-checks.md").read_text()))

    assert {name for tool, name in rule_table().rules if tool == "gavel"} <= explained


def test_the_page_of_checks_tells_what_is_done() -> None:
    """What a finding weighs is looked up there; `python -m tests.checks_page` writes it again."""

    assert PAGE.read_text() == page()
